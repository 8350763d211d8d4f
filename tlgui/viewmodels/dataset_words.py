"""What the data page says of its problems, and its one question."""

from collections import Counter
from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QCoreApplication

from tlgui.core.dataset import PROBLEMS, Problem
from tlgui.core.dataset_summary import DatasetSummary

# one problem of these stands for as many samples as it counts
SUMMED: Final = frozenset(
    {
        "classes_alike",
        "duplicates_across_splits",
        "file_unreadable",
        "first_frames_only",
        "label_missing",
        "near_duplicates",
        "near_duplicates_across_splits",
        "not_decoded",
        "sheets_ignored",
        "split_ignored",
        "texts_cut",
    }
)


def problem_summary(problems: Sequence[Problem], samples: str) -> str:
    """Return the problems in one line, the gravest first, or ""."""
    counts: Counter[str] = Counter()
    for problem in problems:
        counts[problem.code] += problem.count if problem.code in SUMMED else 1
    codes = sorted(counts, key=lambda code: (not PROBLEMS.get(code, False), code))
    words = _problem_words()
    text = " · ".join(
        words[code].format(samples=samples, count=counts[code]) for code in codes if code in words
    )
    return text[:1].upper() + text[1:]


def group_question(dataset: DatasetSummary, samples: str) -> str:
    """Return what would be kept together, as a question, or "" if nothing would."""
    if not dataset.suggested_group:
        return ""
    kind, _, rest = dataset.suggested_group.partition(":")
    if kind == "folder":
        return _tr("The {samples} lie in subfolders. Keep each together when testing?").format(
            samples=samples
        )
    if kind == "column":
        return _tr("Keep {samples} with the same {name} together when testing?").format(
            samples=samples, name=rest
        )
    return _tr(
        "File names begin alike, such as {example}. "
        "Keep {samples} with the same beginning together when testing?"
    ).format(samples=samples, example=", ".join(f"“{group}”" for group in dataset.beginnings))


def _problem_words() -> dict[str, str]:
    return {
        "class_empty": _tr("kinds without {samples}: {count:,}"),
        "class_not_tested": _tr("kinds that are not tested: {count:,}"),
        "class_too_small": _tr("kinds with too few {samples}: {count:,}"),
        "classes_alike": _tr("kinds that differ only in case: {count:,}"),
        "duplicates": _tr("{samples} with exact copies: {count:,}"),
        "duplicates_across_splits": _tr("copies in more than one part: {count:,}"),
        "duplicates_in_two_classes": _tr("{samples} in more than one kind: {count:,}"),
        "file_unreadable": _tr("unreadable files: {count:,}"),
        "first_frame_only": _tr("files with several frames: {count:,}"),
        "first_frames_only": _tr("more files with several frames: {count:,}"),
        "label_missing": _tr("{samples} without a label: {count:,}"),
        "near_duplicates": _tr("{samples} almost like another: {count:,}"),
        "near_duplicates_across_splits": _tr("almost alike in two parts: {count:,}"),
        "not_decoded": _tr("{samples} that are decoded later: {count:,}"),
        "sheets_ignored": _tr("sheets that are not read: {count:,}"),
        "split_ignored": _tr("parts not used, {samples} without one: {count:,}"),
        "split_missing": _tr("missing parts: {count:,}"),
        "texts_cut": _tr("texts that are read in part: {count:,}"),
    }


def _tr(text: str) -> str:
    return QCoreApplication.translate("Dataset", text)
