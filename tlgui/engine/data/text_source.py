"""The texts of samples, read again after the scan."""

from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path

from tlgui.core.dataset import Dataset, Sample
from tlgui.core.errors import TlguiError
from tlgui.engine.data.parallel import map_ahead, usable_cores
from tlgui.engine.data.table_rows import no_tick
from tlgui.engine.data.tables import open_table
from tlgui.engine.data.text_digests import text_digest
from tlgui.engine.data.text_files import TextContent, read_text
from tlgui.engine.data.text_tables import row_number, text_of
from tlgui.engine.data.unreadable import UnreadableFile


def read_texts(dataset: Dataset, samples: Sequence[Sample]) -> Iterator[str]:
    """Yield the texts of samples of a data set of texts, in their order.

    Files are read by a thread per core, a few ahead. A table is read once from its start, and
    the texts that are asked for are held in memory: ask for all of them at once.

    Raises:
        TlguiError: ``dataset_changed``, a text that the scan could read is gone or another.
    """
    if dataset.text_column:
        yield from _texts_of_rows(dataset, samples)
    else:
        yield from _texts_of_files(dataset, samples)


def _texts_of_files(dataset: Dataset, samples: Sequence[Sample]) -> Iterator[str]:
    folder = Path(dataset.folder)
    reading = map_ahead(lambda s: _checked(folder / s.path, s), samples, 4 * usable_cores())
    try:
        with closing(reading) as contents:
            for content in contents:
                yield content.text
    except UnreadableFile as error:
        path = str(error.path or dataset.folder)
        raise TlguiError("dataset_changed", path=path, reason=error.reason) from error


def _checked(path: Path, sample: Sample) -> TextContent:
    content = read_text(path)
    if content.digest != sample.digest:
        raise UnreadableFile("it is another text than before", path)
    return content


def _texts_of_rows(dataset: Dataset, samples: Sequence[Sample]) -> Iterator[str]:
    wanted: dict[int, str | None] = {row_number(s.path): None for s in samples}
    table = Path(dataset.folder, dataset.table)
    try:
        _fill(wanted, table, dataset.text_column)
    except TlguiError as error:
        reason = str(error.detail.get("reason", f"it has no column “{dataset.text_column}”"))
        raise TlguiError("dataset_changed", path=str(table), reason=reason) from error
    for sample in samples:
        text = wanted[row_number(sample.path)]
        if text is None or text_digest(text) != sample.digest:
            reason = f"{sample.path} holds another text than before, or none"
            raise TlguiError("dataset_changed", path=str(table), reason=reason)
        yield text


def _fill(wanted: dict[int, str | None], path: Path, text_column: str) -> None:
    if not wanted:
        return
    table = open_table(path, no_tick)
    column, last = table.column(text_column), max(wanted)
    for row in table.rows(no_tick):
        if row.number in wanted and not row.reason:
            wanted[row.number] = text_of(row.cells[column])[0]
        if row.number >= last:
            return
