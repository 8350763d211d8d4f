"""What a sample is called and how one is shown: here pictures become texts."""

import json
import logging
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QCoreApplication

from tlgui.core.dataset import Modality
from tlgui.core.run_state import RunState
from tlgui.core.wording import SAMPLES

log = logging.getLogger(__name__)


def samples_word(modality: Modality | None) -> str:
    """Return "pictures" or "texts", and "files" where nobody knows yet."""
    return QCoreApplication.translate("Samples", SAMPLES[modality] if modality else "files")


def samples_of(state: RunState) -> str:
    """Return what the samples of a run are called."""
    told = state.started or state.ensemble
    return samples_word(told.modality if told else None)


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


def read_snippets(folder: Path) -> dict[int, str]:
    """Return the beginnings of some texts by their row; without them the files' names stand in."""
    try:
        lines = (folder / "snippets.jsonl").read_text(encoding="utf-8").splitlines()
        records = map(json.loads, lines)
        return {int(record["row"]): str(record["text"]) for record in records}
    except (OSError, ValueError, KeyError, TypeError) as error:
        log.info("no snippets in %s: %s", folder, error)
        return {}
