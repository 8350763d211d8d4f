"""A model that answers new files: that of a run, or an exported one."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from tlgui.core.dataset import Modality
from tlgui.core.errors import TlguiError
from tlgui.core.run_folder import PLAN, RunFolder
from tlgui.engine.channel import Channel
from tlgui.engine.models.answerer import Contents, Told, open_answerer
from tlgui.engine.models.library import PresetLibrary
from tlgui.engine.results.bundle_in_use import BundleAnswerer, open_bundle
from tlgui.engine.results.bundle_model import is_bundle


class AnswersFiles(Protocol):
    """Whoever reads new files and answers them; an ``Answerer`` does, and so does a bundle."""

    def read(self, path: Path) -> Contents:
        """Return what a file holds.

        Raises:
            UnreadableFile: with the reason.
        """

    def of_text(self, text: str) -> Contents:
        """Return what a text holds that was not read from a file of its own."""

    def why_not(self, contents: Contents) -> str:
        """Return why there can be no answer, or ""."""

    def told(self, batch: Sequence[Contents]) -> Told:
        """Return the probabilities, and how strange the samples are where that is known.

        Raises:
            TlguiError: the model cannot be used.
        """


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelInUse:
    """What it takes to answer new files.

    Attributes:
        modality: What a sample is.
        classes: Their names, in the order of the probabilities.
        threshold: Less sure answers are "not sure".
        text_column: Of the table it learned from; "" where there was none.
        answerer: Reads files and answers them.
    """

    modality: Modality
    classes: tuple[str, ...]
    threshold: float
    text_column: str
    answerer: AnswersFiles


@contextmanager
def open_model(path: Path, library: PresetLibrary, channel: Channel) -> Iterator[ModelInUse]:
    """Give the model in a folder.

    Args:
        path: The folder of a run, or of a bundle.
        library: Holds the presets of runs.
        channel: Requests in.

    Raises:
        TlguiError: there is neither, there is no result yet, or something is damaged or missing.
    """
    if (path / PLAN).is_file():
        yield model_of_run(RunFolder(path), library)
    elif is_bundle(path):
        with open_bundle(path, channel) as answerer:
            yield model_of_bundle(answerer)
    else:
        raise TlguiError("model_missing", path=str(path))


def model_of_run(run: RunFolder, library: PresetLibrary) -> ModelInUse:
    """Return the best model of a run, or those of an ensemble.

    Raises:
        TlguiError: there is no result yet, or something is damaged or missing.
    """
    dataset = run.read_dataset()
    return ModelInUse(
        modality=dataset.modality,
        classes=dataset.classes,
        threshold=run.read_threshold(),
        text_column=dataset.text_column,
        answerer=open_answerer(run, library),
    )


def model_of_bundle(answerer: BundleAnswerer) -> ModelInUse:
    """Return the model of a bundle that is open."""
    info = answerer.info
    return ModelInUse(
        modality=info.modality,
        classes=info.classes,
        threshold=info.not_sure_below,
        text_column=info.text_column,
        answerer=answerer,
    )
