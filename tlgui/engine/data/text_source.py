"""The texts of samples, read again after the scan."""

from collections import Counter
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
from pathlib import Path

import numpy as np

from tlgui.core.dataset import Dataset, Sample
from tlgui.core.errors import TlguiError
from tlgui.engine.data.inputs import Order
from tlgui.engine.data.parallel import map_ahead, usable_cores
from tlgui.engine.data.table_rows import Tick
from tlgui.engine.data.tables import open_table
from tlgui.engine.data.text_files import TextContent, read_text, text_digest
from tlgui.engine.data.text_tables import row_number, text_of
from tlgui.engine.data.unreadable import UnreadableFile


def read_texts(dataset: Dataset, samples: Sequence[Sample], tick: Tick) -> Iterator[str]:
    """Yield the texts of samples of a data set of texts, in their order.

    Files are read by a thread per core, a few ahead. A table is read once from its start, and
    texts that come before their turn are held in memory: best ask in the ``reading_order``.

    Args:
        dataset: As it was scanned.
        samples: Any of it, in any order.
        tick: Called now and then with the number of files or rows so far; may raise to end it.

    Raises:
        TlguiError: ``dataset_changed``, a text that the scan could read is gone or another.
    """
    if not samples:
        return
    if dataset.text_column:
        yield from _texts_of_rows(dataset, samples, tick)
    else:
        yield from _texts_of_files(dataset, samples, tick)


def reading_order(dataset: Dataset, samples: Sequence[Sample]) -> Order:
    """Return the order, as indices, in which no text has to wait for its turn."""
    if not dataset.text_column:
        return np.arange(len(samples))
    return np.array([row_number(s.path) for s in samples], np.int64).argsort(kind="stable")


def _texts_of_files(dataset: Dataset, samples: Sequence[Sample], tick: Tick) -> Iterator[str]:
    folder = Path(dataset.folder)
    reading = map_ahead(lambda s: _checked(folder / s.path, s), samples, 4 * usable_cores())
    try:
        with closing(reading) as contents:
            for number, content in enumerate(contents):
                tick(number)
                yield content.text
    except UnreadableFile as error:
        path = str(error.path or dataset.folder)
        raise TlguiError("dataset_changed", path=path, reason=error.reason) from error


def _checked(path: Path, sample: Sample) -> TextContent:
    content = read_text(path)
    if content.digest != sample.digest:
        raise UnreadableFile("it is another text than before", path)
    return content


def _texts_of_rows(dataset: Dataset, samples: Sequence[Sample], tick: Tick) -> Iterator[str]:
    table = Path(dataset.folder, dataset.table)
    numbers = [row_number(s.path) for s in samples]
    num_asked = Counter(numbers)
    held: dict[int, str] = {}
    with closing(_rows(table, dataset.text_column, tick)) as rows:
        for sample, number in zip(samples, numbers, strict=True):
            while number not in held and (row := next(rows, None)):
                if row[0] in num_asked:
                    held[row[0]] = text_of(row[1])[0]
            text = held.get(number, "")
            if text_digest(text) != sample.digest:
                reason = f"{sample.path} holds another text than before, or none"
                raise TlguiError("dataset_changed", path=str(table), reason=reason)
            yield text
            num_asked[number] -= 1
            if not num_asked[number]:
                del held[number]


def _rows(path: Path, text_column: str, tick: Tick) -> Generator[tuple[int, str], None, None]:
    """Yield the number of every row and the cell with its text; "" where it has none."""
    try:
        table = open_table(path, tick)
        column = table.column(text_column)
        for row in table.rows(tick):
            yield row.number, "" if row.reason else row.cells[column]
    except TlguiError as error:
        reason = str(error.detail.get("reason", f"it has no column “{text_column}”"))
        raise TlguiError("dataset_changed", path=str(path), reason=reason) from error
