"""What a sample is called: the one place where pictures become texts."""

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
