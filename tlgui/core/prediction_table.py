"""The answers of an evaluation, read from its table."""

import csv
from collections.abc import Iterator
from pathlib import Path

from tlgui.core.errors import TlguiError
from tlgui.core.evaluation import Prediction


def read_predictions(path: Path) -> Iterator[Prediction]:
    """Yield the rows of ``predictions.csv`` one by one.

    Raises:
        TlguiError: the file is gone or damaged.
    """
    try:
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                yield _prediction(row)
    except (OSError, ValueError, KeyError, TypeError, csv.Error) as error:
        raise TlguiError("file_damaged", path=str(path), reason=str(error)) from error


def _prediction(row: dict[str, str]) -> Prediction:
    return Prediction(
        file=row["file"],
        true=row["true"],
        predicted=row["predicted"],
        probability=float(row["probability"]),
    )
