from pathlib import Path

import pytest

from tlgui.core.events import PredictionFinished, Progressed, SamplePredicted
from tlgui.viewmodels.prediction import PredictionViewModel


@pytest.fixture
def viewmodel(engines, app_home, make_run) -> PredictionViewModel:
    viewmodel = PredictionViewModel(engines, app_home, clock=lambda: 3.0)
    viewmodel.open_run(make_run(), "image")
    return viewmodel


def finish(engines, story, tmp_path, num_unreadable=0) -> Path:
    table = tmp_path / "predictions.csv"
    table.write_text("file,predicted\n", encoding="utf-8")
    engines.running[-1].say(
        story.tell(Progressed, activity="predicting", done=1, total=1),
        story.tell(SamplePredicted, file="/new/1.png", predicted="oak", probability=0.9),
        story.tell(
            PredictionFinished, num_samples=1, num_unreadable=num_unreadable, csv=str(table)
        ),
    )
    engines.running[-1].end()
    return table


def test_dropped_files_are_sorted_by_the_model_of_the_run(viewmodel, engines, app_home):
    viewmodel.predict(["/new/1.png", "/new/folder"])
    (job,) = engines.jobs
    assert job.model == str(viewmodel.run.path)
    assert job.files == ("/new/1.png", "/new/folder")
    assert Path(job.folder).parent == app_home.jobs


def test_answers_arrive_and_are_counted(viewmodel, engines, story, tmp_path):
    viewmodel.predict(["/new"])
    assert viewmodel.summary == ""
    finish(engines, story, tmp_path)
    assert [row.predicted for row in viewmodel.answers] == ["oak"]
    assert viewmodel.summary == "Sorted: 1"


def test_files_without_an_answer_are_not_kept_quiet(viewmodel, engines, story, tmp_path):
    viewmodel.predict(["/new"])
    finish(engines, story, tmp_path, num_unreadable=2)
    assert viewmodel.summary == "Sorted: 1 · could not be read: 2"


def test_table_is_saved_where_the_person_wants_it(viewmodel, engines, story, tmp_path):
    viewmodel.save_table(str(tmp_path / "early.csv"))
    assert not (tmp_path / "early.csv").exists()
    viewmodel.predict(["/new"])
    table = finish(engines, story, tmp_path)
    target = tmp_path / "mine.csv"
    viewmodel.save_table(str(target))
    assert target.read_text(encoding="utf-8") == table.read_text(encoding="utf-8")
    assert viewmodel.summary == f"Saved to {target}"


def test_table_that_cannot_be_saved_is_told_in_place(viewmodel, engines, story, tmp_path):
    viewmodel.predict(["/new"])
    finish(engines, story, tmp_path)
    viewmodel.save_table(str(tmp_path / "nowhere" / "mine.csv"))
    assert viewmodel.failure.code == "folder_not_writable"


def test_new_files_replace_the_old_answers(viewmodel, engines, story, tmp_path):
    viewmodel.predict(["/new"])
    finish(engines, story, tmp_path)
    viewmodel.predict(["/newer"])
    assert viewmodel.answers == []
    assert viewmodel.summary == ""


def test_nothing_happens_without_files_or_a_model(viewmodel, engines, app_home):
    viewmodel.predict([])
    empty = PredictionViewModel(engines, app_home)
    empty.predict(["/new"])
    assert engines.jobs == []
    assert empty.suggested_name == "answers.csv"
    assert viewmodel.suggested_name == "trees-1.csv"


def test_answers_of_one_model_never_stand_under_another(
    viewmodel, engines, make_run, story, tmp_path
):
    viewmodel.predict(["/new"])
    finish(engines, story, tmp_path)
    viewmodel.open_run(viewmodel.run, "image")
    assert viewmodel.answers
    viewmodel.open_run(make_run("other-1"), "image")
    assert viewmodel.answers == []
