"""All that the window knows of a data set: everything but its samples, which may be a million."""

from dataclasses import dataclass
from itertools import islice
from pathlib import Path, PurePosixPath
from typing import Final

from tlgui.core.dataset import PROBLEMS, Dataset, Modality, Problem, TextFacts, check_usable

_NUM_BEGINNINGS: Final = 2  # groups that a question names


@dataclass(frozen=True, slots=True, kw_only=True)
class DatasetSummary:
    """What a data set holds, and where it is.

    Attributes:
        file: Absolute path of its ``dataset.json``.
        folder: Likewise of the data set's folder.
        modality: What a sample is.
        classes: Names in the order of the labels.
        class_counts: Number of samples of each class.
        blocking: The first problem that makes training impossible, or None.
        table: See ``Dataset``, as what follows.
        columns: See there.
        text_column: See there.
        label_column: See there.
        suggested_group: See there.
        beginnings: The first groups, where names that begin alike are suggested as groups.
        texts: See there.
    """

    file: str
    folder: str
    modality: Modality
    classes: tuple[str, ...]
    class_counts: tuple[int, ...]
    blocking: Problem | None = None
    table: str = ""
    columns: tuple[str, ...] = ()
    text_column: str = ""
    label_column: str = ""
    suggested_group: str = ""
    beginnings: tuple[str, ...] = ()
    texts: TextFacts | None = None

    @property
    def source(self) -> str:
        """Absolute path of the folder, or of the table that says what is in it."""
        return str(Path(self.folder) / self.table)

    @property
    def num_samples(self) -> int:
        """How many samples there are."""
        return sum(self.class_counts)

    def require_usable(self) -> None:
        """Check that a model can be trained and judged on the data; see ``Dataset``."""
        check_usable(self.folder, self.classes, (self.blocking,) if self.blocking else ())


def summary_of(dataset: Dataset, file: Path) -> DatasetSummary:
    """Return the summary of a data set that was written to a file."""
    return DatasetSummary(
        file=str(file),
        folder=dataset.folder,
        modality=dataset.modality,
        classes=dataset.classes,
        class_counts=dataset.class_counts(),
        blocking=next((p for p in dataset.problems if PROBLEMS.get(p.code)), None),
        table=dataset.table,
        columns=dataset.columns,
        text_column=dataset.text_column,
        label_column=dataset.label_column,
        suggested_group=dataset.suggested_group,
        beginnings=_beginnings(dataset),
        texts=dataset.texts,
    )


def _beginnings(dataset: Dataset) -> tuple[str, ...]:
    kind, _, separator = dataset.suggested_group.partition(":")
    if kind != "prefix":
        return ()
    groups = dict.fromkeys(s.group or _beginning(s.path, separator) for s in dataset.samples)
    return tuple(islice(groups, _NUM_BEGINNINGS))


def _beginning(path: str, separator: str) -> str:
    name = PurePosixPath(path).stem
    for mark in (separator,) if separator else ("_", "-", " ", "."):
        if mark in name:
            return name.partition(mark)[0] + mark
    return name
