"""A set of samples as tlgui understands it: classes, samples, splits and problems."""

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Any, Final, Literal, get_args

from tlgui.core.errors import TlguiError
from tlgui.core.records import from_record, json_text

Modality = Literal["image", "text"]
Split = Literal["train", "validation", "test"]
SPLITS: Final[tuple[Split, ...]] = get_args(Split)

MIN_SAMPLES_PER_CLASS: Final = 3  # one for each split
_ROWS_PER_PART: Final = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One labeled file, or one labeled row of a table of texts.

    Attributes:
        path: Relative to the data set's folder, with forward slashes; of a row of a table
            "row N", counted as a spreadsheet does.
        label: Index into ``Dataset.classes``.
        digest: Hex digest of the picture's file or of the text; equal for exact duplicates.
        split: The split it belongs to, or None before the data set was split.
        group: Samples of one group stay on one side of a split; "" is no group.
        cluster: Near-duplicates share one and stay on one side of a split; "" is none.
    """

    path: str
    label: int
    digest: str
    split: Split | None = None
    group: str = ""
    cluster: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Something a person should know about the data; ``wording.py`` has the sentence.

    Attributes:
        code: A key of ``PROBLEMS``.
        path: The file or folder concerned, relative to the data set's folder.
        name: The class concerned.
        reason: Why, in words, where the code alone does not say it.
        count: How many files are concerned.
    """

    code: str
    path: str = ""
    name: str = ""
    reason: str = ""
    count: int = 1


NOT_DECODED: Final = "not_decoded"  # pictures that look whole, as far as their files tell

# True: training is impossible until it is solved.
PROBLEMS: Final[dict[str, bool]] = {
    "class_empty": True,
    "class_not_tested": False,
    "class_too_small": True,
    "classes_alike": False,
    "deals_differ": False,
    "duplicates": False,
    "duplicates_across_splits": False,
    "duplicates_in_two_classes": False,
    "file_unreadable": False,
    "first_frame_only": False,
    "first_frames_only": False,
    "label_missing": False,
    "language_differs": False,
    "mask_missing": False,
    "near_duplicates": False,
    "near_duplicates_across_splits": False,
    "not_copied": False,
    "not_decoded": False,
    "relabeled": False,
    "replay_left_out": False,
    "seen_in_training": False,
    "set_aside": False,
    "sheets_ignored": False,
    "split_ignored": False,
    "split_missing": True,
    "texts_cut": False,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class TextFacts:
    """What a scan measured on texts.

    Attributes:
        language: ISO 639-1 code of the language they are written in; "" where too little text
            or too many languages leave it open.
        num_tokens: The 101 percentiles, 0 to 100, of the texts' lengths in tokens.
        class_words: For every class the words that tell it from the others, the best first.
    """

    language: str = ""
    num_tokens: tuple[int, ...] = ()
    class_words: tuple[tuple[str, ...], ...] = ()

    def share_cut(self, sequence_length: int) -> float:
        """Return about which fraction of the texts has more tokens than are read."""
        return sum(n > sequence_length for n in self.num_tokens) / max(1, len(self.num_tokens))


@dataclass(frozen=True, slots=True, kw_only=True)
class Dataset:
    """Samples, their classes and what is wrong with them.

    Attributes:
        folder: Absolute path of the data set's folder.
        modality: What a sample is.
        classes: Names in the order of the labels.
        samples: Every usable sample.
        problems: What a person should know.
        num_ignored: Files that are no samples: junk of the system, other formats.
        presplit: The folder itself says which sample belongs to which split.
        table: File name of the table that holds the labels; "" for class folders.
        columns: Names of the table's columns.
        text_column: The one that holds the texts; "" where samples are files.
        label_column: The one that holds the labels.
        texts: What was measured on texts; None for pictures.
        suggested_group: A ``group_by`` that the file names suggest; "" for none.
    """

    folder: str
    modality: Modality
    classes: tuple[str, ...]
    samples: tuple[Sample, ...]
    problems: tuple[Problem, ...] = ()
    num_ignored: int = 0
    presplit: bool = False
    table: str = ""
    columns: tuple[str, ...] = ()
    text_column: str = ""
    label_column: str = ""
    suggested_group: str = ""
    texts: TextFacts | None = None

    @property
    def source(self) -> str:
        """Absolute path of the folder, or of the table that says what is in it."""
        return str(Path(self.folder) / self.table)

    def of_split(self, split: Split) -> tuple[Sample, ...]:
        """Return the samples of one split, in their order."""
        return tuple(s for s in self.samples if s.split == split)

    def class_counts(self) -> tuple[int, ...]:
        """Return the number of samples of each class, in the order of the classes."""
        counts = Counter(s.label for s in self.samples)
        return tuple(counts[label] for label in range(len(self.classes)))

    def majority(self, split: Split) -> tuple[str, float]:
        """Return the class that always guessing pays most for in a split, and its fraction."""
        counts = Counter(s.label for s in self.of_split(split))
        label, count = counts.most_common(1)[0]
        return self.classes[label], count / counts.total()

    def require_usable(self) -> None:
        """Check that a model can be trained and judged on these samples.

        Raises:
            TlguiError: the first blocking problem, or fewer than two classes.
        """
        check_usable(self.folder, self.classes, self.problems)

    def to_json(self) -> str:
        """Return the data set as JSON; samples are rows, so that large sets stay small."""
        return "".join(self.json_parts())

    def json_parts(self) -> Iterator[str]:
        """Yield that text bit by bit: of a million samples it takes more memory than they do."""
        record: dict[str, Any] = {
            f.name: getattr(self, f.name)
            for f in fields(self)
            if f.name not in ("samples", "problems", "texts")
        }
        record["texts"] = asdict(self.texts) if self.texts else None
        record["problems"] = [asdict(p) for p in self.problems]
        yield json_text(record)[:-1] + ', "samples": ['
        for start in range(0, len(self.samples), _ROWS_PER_PART):
            rows = [
                [s.path, s.label, s.digest, s.split, s.group, s.cluster]
                for s in self.samples[start : start + _ROWS_PER_PART]
            ]
            yield (", " if start else "") + json_text(rows)[1:-1]
        yield "]}"


def check_usable(folder: str, classes: Sequence[str], problems: Sequence[Problem]) -> None:
    """Check that a model can be trained and judged on data; see ``Dataset.require_usable``."""
    for problem in problems:
        if PROBLEMS.get(problem.code):  # a later version may know more of them
            raise TlguiError(
                problem.code,
                path=problem.path or folder,
                name=problem.name,
                count=problem.count,
                reason=problem.reason,
            )
    if len(classes) < 2:
        raise TlguiError("one_class", path=folder, name="".join(classes))


def dataset_from_json(text: str) -> Dataset:
    """Return the data set that ``Dataset.to_json`` wrote.

    Raises:
        ValueError: the text is not such a data set.
    """
    record = json.loads(text)
    rows = record.get("samples") if isinstance(record, dict) else None
    if not isinstance(rows, list):
        raise ValueError(f"no data set: {text!r:.80}")
    dataset = from_record(Dataset, {**record, "samples": []})
    return replace(dataset, samples=tuple(_sample(row, len(dataset.classes)) for row in rows))


def _sample(row: object, num_classes: int) -> Sample:
    if not isinstance(row, list) or len(row) not in (5, 6):  # 5 before there were clusters
        raise ValueError(f"no sample: {row!r:.80}")
    path, label, digest, split, group, cluster = row if len(row) == 6 else [*row, ""]
    if not isinstance(path, str) or type(label) is not int or label not in range(num_classes):
        raise ValueError(f"no sample: {row!r:.80}")
    if split is not None and split not in SPLITS:
        raise ValueError(f"no split: {split!r:.80}")
    return Sample(
        path=path,
        label=label,
        digest=str(digest),
        split=split,
        group=str(group),
        cluster=str(cluster),
    )
