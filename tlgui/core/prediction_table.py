"""The answers of an evaluation, read from its table."""

import csv
from collections.abc import Iterator
from itertools import chain, repeat
from pathlib import Path

from tlgui.core.errors import TlguiError
from tlgui.core.evaluation import Prediction


def read_predictions(path: Path) -> Iterator[Prediction]:
    """Yield the rows of ``predictions.csv`` one by one, with the digests beside it if there are.

    Raises:
        TlguiError: the file is gone or damaged.
    """
    try:
        with path.open(encoding="utf-8", newline="") as file:
            digests = chain(_digests(path), repeat(""))
            for row, digest in zip(csv.DictReader(file), digests, strict=False):
                yield _prediction(row, digest)
    except (OSError, ValueError, KeyError, TypeError, csv.Error) as error:
        raise TlguiError("file_damaged", path=str(path), reason=str(error)) from error


def _digests(path: Path) -> list[str]:
    file = path.with_name("digests.txt")
    return file.read_text(encoding="utf-8").splitlines() if file.exists() else []


def _prediction(row: dict[str, str], digest: str) -> Prediction:
    return Prediction(
        file=row["file"],
        true=row["true"],
        predicted=row["predicted"],
        probability=float(row["probability"]),
        digest=digest,
        is_unfamiliar=row.get("unfamiliar") == "yes",
        strangeness=float(row["strangeness"]) if row.get("strangeness") else None,
    )
