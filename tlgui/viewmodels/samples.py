"""What a sample is called and how one is shown: here pictures become texts."""

from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication

from tlgui.core.dataset import Modality
from tlgui.core.run_state import RunState
from tlgui.core.wording import SAMPLES


def samples_word(modality: Modality | None) -> str:
    """Return "pictures" or "texts", and "files" where nobody knows yet."""
    return QCoreApplication.translate("Samples", SAMPLES[modality] if modality else "files")


def samples_of(state: RunState) -> str:
    """Return what the samples of a run are called."""
    return samples_word(state.started.modality if state.started else None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A sample in a gallery.

    Attributes:
        file: Its path relative to the data set's folder.
        caption: What it is and what the model said.
        thumbnail: Path of its small picture, or "" where the engine wrote none.
        text: Beginning of the text, or "" where the engine wrote none.
    """

    file: str
    caption: str
    thumbnail: str = ""
    text: str = ""
