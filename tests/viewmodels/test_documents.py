"""Saving what people hand on."""

from pathlib import Path

import pytest

from tlgui.core.energy import Energy
from tlgui.core.events import DocumentWritten, RunFailed
from tlgui.viewmodels.documents import ENDS, DocumentsViewModel


@pytest.fixture
def viewmodel(engines, app_home, make_run) -> DocumentsViewModel:
    viewmodel = DocumentsViewModel(engines, app_home)
    viewmodel.open_run(make_run())
    return viewmodel


@pytest.mark.parametrize("document", ENDS)
def test_document_goes_where_it_is_wanted(viewmodel, engines, story, document):
    viewmodel.save(document, "/out/file")
    assert viewmodel.note == "Writing …"
    engines.running[-1].say(
        story.tell(DocumentWritten, document=document, file="/out/file", others=())
    )
    engines.running[-1].end()

    (job,) = engines.jobs
    assert (job.document, job.to, Path(job.run).name) == (document, "/out/file", "trees-1")
    assert viewmodel.note == "Saved: /out/file"
    assert viewmodel.suggested_name(document).startswith("trees-1-")


def test_failure_stays_until_something_else_is_saved(viewmodel, engines, story):
    viewmodel.save("script", "/out/a.py")
    detail = {"reason": "its strategy is lora", "command": "tlgui train"}
    engines.running[-1].say(
        story.tell(RunFailed, code="script_not_possible", detail=detail, technical="")
    )
    engines.running[-1].end()
    assert "its strategy is lora" in viewmodel.failure.sentence
    assert viewmodel.note == ""

    viewmodel.save("report", "/out/a.html")
    assert viewmodel.failure is None


def test_what_the_run_took_is_told(viewmodel, make_run):
    run = make_run("trees-2")
    run.write_energy(Energy(processor_kwh=0.004))
    viewmodel.open_run(run)
    assert viewmodel.note == "0.0040 kWh (est.)"
    assert "about 0.0040 kWh (estimate)" in viewmodel.energy_basis
    assert "rated power" in viewmodel.energy_basis


def test_run_of_an_earlier_version_or_with_a_damaged_record_took_nobody_knows_what(
    viewmodel, make_run
):
    run = make_run("trees-2")
    (run.path / "energy.json").write_text("{")
    viewmodel.open_run(run)
    assert viewmodel.note == viewmodel.energy == ""


def test_without_a_run_there_is_nothing_to_save(viewmodel, engines):
    viewmodel.open_run(None)
    viewmodel.save("report", "/out/a.html")
    assert not engines.jobs
    assert viewmodel.suggested_name("report") == "run-report.html"
