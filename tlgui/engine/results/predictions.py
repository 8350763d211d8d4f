"""Answers as a table that a spreadsheet can open without running anything in it."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final

import numpy as np
from numpy.typing import NDArray

from tlgui.core.errors import TlguiError
from tlgui.core.evaluation import is_unfamiliar

_FAMILIARITY: Final = ("unfamiliar", "strangeness")
HEADER: Final = ("file", "true", "predicted", "probability", "not_sure", *_FAMILIARITY)
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


@dataclass(frozen=True, slots=True, kw_only=True)
class FileAnswer:
    """What such a table says of one sample that has an answer."""

    file: str
    predicted: str
    is_unsure: bool  # or unlike anything the model was trained on


def read_classes(path: Path) -> list[str]:
    """Return the classes that such a table knows.

    Raises:
        TlguiError: the file is gone or damaged.
    """
    with _named_damage(path), path.open(encoding="utf-8", newline="") as file:
        header = next(csv.reader(file))
        return [name.removeprefix("p:") for name in header if name.startswith("p:")]


def read_answers(path: Path) -> Iterator[FileAnswer]:
    """Yield the answers of such a table one by one.

    Raises:
        TlguiError: the file is gone or damaged.
    """
    spelled = {neutralized(name): name for name in read_classes(path)}
    with _named_damage(path), path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row["predicted"]:
                yield FileAnswer(
                    file=row["file"],
                    predicted=spelled[row["predicted"]],
                    is_unsure="yes" in (row["not_sure"], row.get("unfamiliar")),
                )


def prediction_row(
    file: str,
    true: str,
    classes: Sequence[str],
    probabilities: NDArray[np.float32],
    threshold: float = 0.0,
    strangeness: float | None = None,
) -> list[object]:
    """Return one row; ``true`` is "" where nobody knows.

    Args:
        file: Path as given, or relative to the data set's folder.
        true: Name of the true class.
        classes: Names in the order of the probabilities.
        probabilities: shape (num_classes,).
        threshold: Less sure answers are marked.
        strangeness: Of the sample, see ``Strangeness``; None where nobody knows.
    """
    best = int(probabilities.argmax())
    decimals = [f"{probability:.6f}" for probability in probabilities]
    mark = "yes" if probabilities[best] < threshold else ""
    return [file, true, classes[best], decimals[best], mark, *_familiarity(strangeness), *decimals]


def _familiarity(strangeness: float | None) -> tuple[str, str]:
    if strangeness is None:
        return "", ""
    return "yes" if is_unfamiliar(strangeness) else "", f"{strangeness:.6f}"


def neutralized(cell: object) -> str:
    """Return the text of a cell, with an apostrophe before what would run as a formula.

    Source:
        OWASP, "CSV Injection".
    """
    text = str(cell)
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


@contextmanager
def _named_damage(path: Path) -> Iterator[None]:
    try:
        yield
    except (OSError, ValueError, KeyError, StopIteration, csv.Error) as error:
        raise TlguiError("file_damaged", path=str(path), reason=str(error)) from error
