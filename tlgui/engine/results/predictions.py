"""Answers as a table that a spreadsheet can open without running anything in it."""

import csv
import io
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import IO, Final

import numpy as np
from numpy.typing import NDArray

HEADER: Final = ("file", "true", "predicted", "probability", "not_sure")
_START: Final = b"file,true,predicted,probability"  # of these tables in every version
FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r", "\n")


def write_predictions(
    file: IO[bytes], classes: Sequence[str], rows: Iterable[Sequence[object]]
) -> None:
    """Write the table: the columns of ``HEADER`` and one per class.

    UTF-8; what a file name holds that is no text is written as an escape.
    """
    text = io.TextIOWrapper(file, "utf-8", "backslashreplace", newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([*HEADER, *(f"p:{name}" for name in classes)])
    writer.writerows([neutralized(cell) for cell in row] for row in rows)
    text.detach()  # writes the rest, and leaves the file open


def is_predictions(path: Path) -> bool:
    """Whether a file is such a table, which may be replaced by a newer one."""
    if not path.is_file():
        return False
    with path.open("rb") as file:
        return file.read(len(_START)) == _START


def prediction_row(
    file: str,
    true: str,
    classes: Sequence[str],
    probabilities: NDArray[np.float32],
    threshold: float = 0.0,
) -> list[object]:
    """Return one row; ``true`` is "" where nobody knows.

    Args:
        file: Path as given, or relative to the data set's folder.
        true: Name of the true class.
        classes: Names in the order of the probabilities.
        probabilities: shape (num_classes,).
        threshold: Less sure answers are marked.
    """
    best = int(probabilities.argmax())
    decimals = [f"{probability:.6f}" for probability in probabilities]
    mark = "yes" if probabilities[best] < threshold else ""
    return [file, true, classes[best], decimals[best], mark, *decimals]


def neutralized(cell: object) -> str:
    """Return the text of a cell, with an apostrophe before what would run as a formula.

    Source:
        OWASP, "CSV Injection".
    """
    text = str(cell)
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text
