"""Files without labels, for phases that need none."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from tlgui.core import durable
from tlgui.core.dataset import Dataset, Modality, Problem, TextFacts, dataset_from_json
from tlgui.core.errors import TlguiError
from tlgui.core.run_folder import RunFolder
from tlgui.engine.channel import Channel
from tlgui.engine.data.found_files import require_folder, walk
from tlgui.engine.data.images import decode_stream
from tlgui.engine.data.judged import without_copies_of
from tlgui.engine.data.listing import Entry, Listing
from tlgui.engine.data.picture_files import digest_of, opened
from tlgui.engine.data.scan_files import Content, FilesReader
from tlgui.engine.data.text_files import read_text

UNLABELED: Final = "unlabeled.json"
_CHECK_PX: Final = 16  # a picture is decoded to see whether it can be, and not looked at


def open_unlabeled(folder: str, run: RunFolder, channel: Channel) -> Dataset | None:
    """Return the files of a folder, which is looked through once per run; None without.

    Args:
        folder: The plan's; "" is none.
        run: Keeps what was found in the folder.
        channel: Events out, requests in.

    Raises:
        TlguiError: the folder is missing, or holds nothing that can be read.
        JobStopped: a person asked for it.
    """
    if not folder:
        return None
    path = run.path / UNLABELED
    if path.exists():
        return dataset_from_json(path.read_text(encoding="utf-8"))
    dataset = run.read_dataset()
    found = scan_unlabeled(Path(folder), dataset.modality, channel)
    # nothing that answers are judged by may be learned from, not even without its label
    samples = without_copies_of(found, dataset.samples, dataset, channel)
    found = replace(found, samples=samples)
    durable.replace_file(path, found.to_json())
    return found


def scan_unlabeled(folder: Path, modality: Modality, channel: Channel) -> Dataset:
    """Return the readable files of a modality in a folder and below, as one nameless class.

    Copies are taken once.

    Args:
        folder: Any; its subfolders mean nothing.
        modality: Other files are passed over.
        channel: Gets the progress, and a ``ProblemFound`` for what cannot be read.

    Raises:
        TlguiError: the folder is missing, or holds nothing that can be read.
        JobStopped: a person asked for it.
    """

    def tick(count: int) -> None:
        channel.stop_if_requested()
        if count:
            channel.progress("listing", count, 0)

    require_folder(folder)
    found = walk(folder, "", tick)
    entries = tuple(Entry(path=path, label=0) for path in found.samples[modality])
    if not entries:
        what = "pictures" if modality == "image" else "texts"
        raise TlguiError("path_not_usable", path=str(folder), reason=f"it holds no {what}")
    listing = Listing(folder=folder.absolute(), modality=modality, classes=("",), entries=entries)
    kind = _Plain(_picture_digest if modality == "image" else _text_digest)
    reading = FilesReader(listing, kind, channel).read()
    first_of = {sample.digest: sample for sample in reversed(reading.samples)}
    samples = [s for s in reading.samples if first_of[s.digest] is s]
    return Dataset(
        folder=str(listing.folder),
        modality=modality,
        classes=listing.classes,
        samples=tuple(replace(sample, split="train") for sample in samples),
        problems=reading.problems,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    """All that is kept of a file."""

    digest: str


class _Plain:
    """A ``FileKind`` that only checks whether files can be read; see there."""

    def __init__(self, digest_of_file: Callable[[Path], str]) -> None:
        self._digest_of_file = digest_of_file
        self._num_taken = 0

    def recall(self, paths: Sequence[str], first_number: int) -> Sequence[None]:
        """Return nothing: these files are read once for a run."""
        return [None] * len(paths)

    def read(self, path: str, number: int) -> Content:
        return _Known(digest=self._digest_of_file(Path(path)))

    def take(self, entry: Entry, class_name: str, content: Content) -> Problem | None:
        self._num_taken += 1
        return None

    def clusters(self) -> list[str]:
        return [""] * self._num_taken

    def facts(self) -> TextFacts | None:
        return None

    def left_open(self) -> Sequence[Problem]:
        return ()


def _picture_digest(path: Path) -> str:
    with opened(path) as stream:
        digest = digest_of(stream)
        decode_stream(stream, _CHECK_PX)
    return digest


def _text_digest(path: Path) -> str:
    return read_text(path).digest
