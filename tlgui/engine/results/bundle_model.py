"""Anybody's bundle: its description is judged here, its model answers in a process of its own."""

import json
import shutil
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import Any, Final, Self

import numpy as np
from numpy.typing import NDArray

from tlgui.core.dataset import Modality
from tlgui.core.errors import TlguiError
from tlgui.core.export_formats import EXPORT_FORMATS
from tlgui.core.settings import resources_folder
from tlgui.engine.child import Answered, FreshModel
from tlgui.engine.data.images import read_pixels
from tlgui.engine.data.text_files import read_text

SETTINGS_FILE: Final = "preprocessing.json"
MAX_SETTINGS_BYTES: Final = 2**24
_SCRIPTS: Final[dict[str, str]] = {
    "pictures": "predict_pictures.py",
    "tokens": "predict_tokens.py",
    "word_counts": "predict_word_counts.py",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class BundleInfo:
    """What a bundle says of itself.

    Attributes:
        folder: Where it lies.
        format: One of ``EXPORT_FORMATS``.
        modality: What it sorts.
        reads: "pictures", "tokens" or "word_counts".
        classes: By the index of their probability.
        not_sure_below: Less probable answers are "not sure".
        size_px: Side of the square that pictures become; 0 for texts.
        text_column: Of the table it learned from; "" where there was none.
        flags_unfamiliar: Whether its model tells how strange samples are.
    """

    folder: Path
    format: str
    modality: Modality
    reads: str
    classes: tuple[str, ...]
    not_sure_below: float
    size_px: int = 0
    text_column: str = ""
    flags_unfamiliar: bool = False


def is_bundle(folder: Path) -> bool:
    """Return whether a folder looks like a bundle."""
    return (folder / SETTINGS_FILE).is_file() and (folder / "certificate.json").is_file()


def read_bundle(folder: Path) -> BundleInfo:
    """Return what a bundle says of itself, judged before anything else of it is read.

    Raises:
        TlguiError: ``path_not_usable``: it is no bundle of this version, or lacks its model.
    """
    try:
        path = folder / SETTINGS_FILE
        if path.stat().st_size > MAX_SETTINGS_BYTES:
            raise ValueError("its preprocessing.json is too large")
        return _judged(folder, json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        reason = f"it is no bundle that this version of tlgui reads ({error})"
        raise TlguiError("path_not_usable", path=str(folder), reason=reason) from error


class BundleModel:
    """A bundle's model; open it with ``with``.

    Our own scripts run it, never those that lie in the bundle. They still hand its file to Keras,
    TensorFlow or another runtime, hence the process.
    """

    def __init__(self, info: BundleInfo) -> None:
        self.info = info
        self.reader = BundleReader(info)
        self._stack = ExitStack()
        self._model: FreshModel | None = None

    def __enter__(self) -> Self:
        scripts = Path(self._stack.enter_context(TemporaryDirectory(prefix="tlgui-")))
        own = resources_folder() / "bundle"
        shutil.copyfile(own / _SCRIPTS[self.info.reads], scripts / "predict.py")
        shutil.copyfile(own / f"runtime_{self.info.format}.py", scripts / "model_runtime.py")
        self._model = self._stack.enter_context(FreshModel(self.info.folder, scripts))
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stack.__exit__(kind, error, trace)

    def kill(self) -> None:
        """End the process at once; whoever waits for its answer gets none."""
        if self._model is not None:
            self._model.kill()

    def __call__(self, items: Sequence[Any]) -> Answered:
        """Return the answers to what ``reader.collate`` returned.

        Raises:
            TlguiError: ``path_not_usable``: the process ended or answered nonsense.
        """
        assert self._model is not None
        try:
            said = self._model.of_items(items)
        except TlguiError as error:
            raise self._unusable("its model does not answer, see the log") from error
        if not _is_right(said.probabilities, (len(items), len(self.info.classes))):
            raise self._unusable("its model does not answer with a probability for every kind")
        if not self.info.flags_unfamiliar:
            return said._replace(strangeness=None)
        if said.strangeness is None or not _is_right(said.strangeness, (len(items),)):
            raise self._unusable("its model does not say how strange samples are")
        return said

    def _unusable(self, reason: str) -> TlguiError:
        return TlguiError("path_not_usable", path=str(self.info.folder), reason=reason)


class BundleReader:
    """The ``FileReader`` of a bundle: files as its model takes them; see there."""

    def __init__(self, info: BundleInfo) -> None:
        self._read: Callable[[Path], Any] = (
            _Pictures(info.size_px) if info.modality == "image" else _text
        )

    def read(self, path: Path) -> Any:
        """Return the pixels or the text of one file."""
        return self._read(path)

    def why_not(self, item: Any) -> str:
        """Return nothing: what a bundle cannot answer it says itself."""
        return ""

    def collate(self, items: Sequence[Any]) -> Any:
        """Return several samples as they go to the process."""
        return tuple(items)


@dataclass(frozen=True, slots=True)
class _Pictures:
    size_px: int

    def __call__(self, path: Path) -> NDArray[np.uint8]:
        # the resize inside the model leaves a square of its own size as it is
        return read_pixels(path, self.size_px)


def _is_right(values: NDArray[np.floating], shape: tuple[int, ...]) -> bool:
    return values.shape == shape and bool(np.isfinite(values).all())


def _text(path: Path) -> str:
    return read_text(path).text


def _judged(folder: Path, record: dict[str, Any]) -> BundleInfo:
    info = BundleInfo(
        folder=folder,
        format=str(record["format"]),
        modality="image" if record["modality"] == "image" else "text",
        reads=str(record["reads"]),
        classes=tuple(map(str, record["classes"])),
        not_sure_below=float(record["not_sure_below"]),
        size_px=int(record.get("size_px", 0)),
        text_column=str(record.get("text_column", "")),
        flags_unfamiliar=record.get("flags_unfamiliar") is True,
    )
    known = EXPORT_FORMATS.get(info.format)
    if known is None or info.reads not in _SCRIPTS:
        raise ValueError(f"its format is {info.format}, of {info.reads}")
    if (info.modality == "image") != (info.reads == "pictures"):
        raise ValueError(f"it sorts {info.modality} and reads {info.reads}")
    if record["model"] != known.model or not (folder / known.model).exists():
        raise ValueError(f"there is no {known.model}")
    if len(info.classes) < 2 or not 0 <= info.not_sure_below < 1:
        raise ValueError("it does not say which kinds it tells apart, or how surely")
    if info.modality == "image" and not 0 < info.size_px <= 4096:
        raise ValueError(f"it takes pictures of {info.size_px} px")
    return info
