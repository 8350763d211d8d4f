from pathlib import Path

import pytest

from tlgui.core.events import ExportFinished, Progressed
from tlgui.viewmodels.export import FORMATS, ExportViewModel


@pytest.fixture
def viewmodel(engines, app_home, make_run) -> ExportViewModel:
    viewmodel = ExportViewModel(engines, app_home)
    viewmodel.open_run(make_run(), "image")
    return viewmodel


def finish(engines, story) -> None:
    engines.running[-1].say(
        story.tell(Progressed, activity="exporting", done=1, total=2),
        story.tell(
            ExportFinished,
            format="keras",
            folder="/out/trees-1-keras-1",
            num_bytes=13_600_000,
            num_samples=412,
            label_agreement=411 / 412,
            max_probability_difference=2e-6,
        ),
    )
    engines.running[-1].end()


@pytest.mark.parametrize("name", FORMATS)
def test_bundle_gets_a_new_folder_of_its_own(viewmodel, engines, tmp_path, name):
    (tmp_path / f"trees-1-{name}-1").mkdir()
    viewmodel.choose_format(name)
    viewmodel.export(str(tmp_path))
    (job,) = engines.jobs
    assert job.to == str(tmp_path / f"trees-1-{name}-2"), "an older export must stay"
    assert job.format == name
    assert Path(job.run).name == "trees-1"


def test_proof_is_told_in_a_sentence(viewmodel, engines, story, tmp_path):
    assert viewmodel.result == viewmodel.result_note == ""
    viewmodel.export(str(tmp_path))
    finish(engines, story)
    assert viewmodel.result == (
        "The exported model gave the same answer for 411 of 412 test pictures."
    )
    assert viewmodel.result_note == "14 MB · largest difference of a probability 2e-06"


def test_proof_of_one_model_never_stands_under_another(
    viewmodel, engines, story, make_run, tmp_path
):
    viewmodel.export(str(tmp_path))
    finish(engines, story)
    viewmodel.open_run(viewmodel.run, "image")
    assert viewmodel.result
    viewmodel.open_run(make_run("other-1"), "image")
    assert viewmodel.result == ""


def test_nothing_is_exported_without_a_run(engines, app_home, tmp_path):
    ExportViewModel(engines, app_home).export(str(tmp_path))
    assert engines.jobs == []
