"""What people hand on beside a model, each by its name."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from tlgui.core import durable
from tlgui.core.catalog import PresetInfo
from tlgui.core.errors import TlguiError
from tlgui.core.events import DocumentWritten
from tlgui.core.job import DocumentId, DocumentJob
from tlgui.core.run_folder import RunFolder, open_run
from tlgui.engine.channel import Channel
from tlgui.engine.models.library import PresetLibrary
from tlgui.engine.reporting.model_card import write_card
from tlgui.engine.reporting.report import write_report

# returns what lies beside the file
Writer = Callable[[RunFolder, PresetLibrary, Path], tuple[Path, ...]]


def run_document_job(job: DocumentJob, library: PresetLibrary, channel: Channel) -> None:
    """Write a document about a run.

    Raises:
        TlguiError: the run is damaged, it cannot be told that way, or the file cannot be written.
    """
    run, to = open_run(Path(job.run)), Path(job.to)
    if to.is_dir():
        raise TlguiError("path_not_usable", path=str(to), reason="it is a folder, not a file")
    durable.make_folder(to.parent)
    others = _WRITERS[job.document](run, library, to)
    channel.send(
        DocumentWritten,
        document=job.document,
        file=str(to),
        others=tuple(str(other) for other in others),
    )


def _plain(write: Callable[[RunFolder, Mapping[str, PresetInfo], Path], None]) -> Writer:
    def writer(run: RunFolder, library: PresetLibrary, to: Path) -> tuple[Path, ...]:
        write(run, library.catalog, to)
        return ()

    return writer


def _script(run: RunFolder, library: PresetLibrary, to: Path) -> tuple[Path, ...]:
    from tlgui.engine.reporting.script import write_script  # it reads what was learned

    return write_script(run, library, to)


_WRITERS: Final[dict[DocumentId, Writer]] = {
    "report": _plain(write_report),
    "card": _plain(write_card),
    "script": _script,
}
