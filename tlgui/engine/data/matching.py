"""Samples from elsewhere for a model that knows its classes and what a sample is."""

from pathlib import Path

from tlgui.core.dataset import Dataset
from tlgui.core.errors import TlguiError
from tlgui.core.wording import SAMPLES
from tlgui.engine.channel import Channel
from tlgui.engine.data.scan import scan_folder
from tlgui.engine.data.split import match_classes
from tlgui.engine.data.tables import TableColumns


def scan_matching(source: Path, columns: TableColumns, own: Dataset, channel: Channel) -> Dataset:
    """Return the samples of a source, with their labels in the order of a run's classes.

    Args:
        source: See ``scan_folder``.
        columns: What a person named; where that is nothing, those of ``own`` are taken if the
            source has them.
        own: The data set of the run.
        channel: See ``scan_folder``.

    Raises:
        TlguiError: the samples or their classes are not those of the run, or nothing can be read.
        JobStopped: a person asked for it.
    """
    scanned = _scanned(source, columns, own, channel)
    if scanned.modality != own.modality:
        holds, knows = SAMPLES[scanned.modality], SAMPLES[own.modality]
        reason = f"it holds {holds}, and the model knows {knows}"
        raise TlguiError("path_not_usable", path=str(source), reason=reason)
    dataset = match_classes(scanned, own.classes)
    if not dataset.samples:
        reason = "nothing in it can be used"
        raise TlguiError("path_not_usable", path=str(source), reason=reason)
    return dataset


def _scanned(source: Path, columns: TableColumns, own: Dataset, channel: Channel) -> Dataset:
    """Scan by the columns that were named; else by those of the run, where they exist."""
    if columns == TableColumns():
        known = TableColumns(text=own.text_column, label=own.label_column)
        try:
            return scan_folder(source, channel, columns=known)
        except TlguiError as error:
            if error.code != "column_missing":
                raise
    return scan_folder(source, channel, columns=columns)
