"""The job that writes a document."""

import pytest

from tests.presets import CATALOG
from tlgui.core.errors import TlguiError
from tlgui.core.events import DocumentWritten
from tlgui.core.job import DocumentJob
from tlgui.engine.channel import Channel
from tlgui.engine.models.library import PresetLibrary
from tlgui.engine.reporting.documents import run_document_job

LIBRARY = PresetLibrary(CATALOG, ())


def written(run, document, to):
    heard = []
    job = DocumentJob(
        folder=str(to.parent), requested_s=0.0, run=str(run.path), document=document, to=str(to)
    )
    run_document_job(job, LIBRARY, Channel(None, [heard.append]))
    return heard


@pytest.mark.parametrize(
    ("document", "start"), [("report", "<!DOCTYPE html>"), ("card", "---\nlicense")]
)
def test_document_is_on_disk_when_it_is_told(make_finished, tmp_path, document, start):
    to = tmp_path / "odd näme %20 'q" / "file"

    (event,) = written(make_finished(), document, to)

    assert isinstance(event, DocumentWritten)
    assert event.file == str(to)
    assert to.read_text(encoding="utf-8").startswith(start)


def test_folder_is_no_place_for_a_file(make_finished, tmp_path):
    with pytest.raises(TlguiError, match="path_not_usable"):
        written(make_finished(), "report", tmp_path)


def test_full_disk_leaves_the_older_report(make_finished, tmp_path, monkeypatch):
    to = tmp_path / "report.html"
    to.write_text("older")

    def full(*_):
        raise OSError(28, "No space left on device", str(to))

    monkeypatch.setattr("os.replace", full)
    with pytest.raises(TlguiError, match="disk_full"):
        written(make_finished(), "report", to)
    assert to.read_text() == "older"
