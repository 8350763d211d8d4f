from pathlib import Path

import pytest

from tlgui.core.dataset import Problem
from tlgui.core.events import (
    CopiesFinished,
    JobCancelled,
    PredictionFinished,
    ProblemFound,
    Progressed,
    SamplePredicted,
)
from tlgui.viewmodels.prediction import PredictionViewModel


@pytest.fixture
def viewmodel(engines, app_home, make_run) -> PredictionViewModel:
    viewmodel = PredictionViewModel(engines, app_home, clock=lambda: 3.0)
    viewmodel.open_run(make_run(), "image")
    return viewmodel


def finish(engines, story, tmp_path, num_unreadable=0, **counts) -> Path:
    table = tmp_path / "predictions.csv"
    table.write_text("file,predicted\n", encoding="utf-8")
    engines.running[-1].say(
        story.tell(Progressed, activity="predicting", done=1, total=1),
        story.tell(SamplePredicted, file="/new/1.png", predicted="oak", probability=0.9),
        story.tell(
            PredictionFinished,
            num_samples=1,
            num_unreadable=num_unreadable,
            csv=str(table),
            **counts,
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


def test_files_unlike_all_that_was_learned_are_counted(viewmodel, engines, story, tmp_path):
    viewmodel.predict(["/new"])
    finish(engines, story, tmp_path, num_unfamiliar=1)
    assert viewmodel.summary == "Sorted: 1 · unlike anything it was trained on: 1"


def test_table_is_saved_where_the_person_wants_it(viewmodel, engines, story, tmp_path):
    viewmodel.save_table(str(tmp_path / "early.csv"))
    assert not (tmp_path / "early.csv").exists()
    viewmodel.predict(["/new"])
    table = finish(engines, story, tmp_path)
    target = tmp_path / "mine.csv"
    viewmodel.save_table(str(target))
    assert target.read_text(encoding="utf-8") == table.read_text(encoding="utf-8")
    assert viewmodel.summary == f"Saved as {target.name}"


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


def test_files_without_an_answer_are_told_with_their_reasons(viewmodel, engines, story, tmp_path):
    viewmodel.predict(["/new"])
    assert viewmodel.problem_note == ""
    problems = [
        Problem(code="file_unreadable", path=f"{n}.pdf", reason="no picture") for n in range(5)
    ]
    engines.running[-1].say(*(story.tell(ProblemFound, problem=problem) for problem in problems))
    lines = viewmodel.problem_note.splitlines()
    assert lines == [*(f"{n}.pdf cannot be read: no picture." for n in range(3)), "And more: 2."]
    finish(engines, story, tmp_path)
    viewmodel.predict(["/newer"])
    assert viewmodel.problem_note == ""


def test_stop_says_that_there_is_no_table(viewmodel, engines, story):
    viewmodel.predict(["/new"])
    engines.running[-1].say(story.tell(JobCancelled))
    engines.running[-1].end()
    assert viewmodel.summary.startswith("Stopped.")


def test_of_very_many_answers_it_is_said_how_many_are_shown(viewmodel, engines, story):
    viewmodel.predict(["/new"])
    engines.running[-1].say(
        story.tell(SamplePredicted, file="/new/1.png", predicted="oak", probability=0.9),
        story.tell(PredictionFinished, num_samples=9000, num_unreadable=0, csv="t.csv"),
    )
    assert viewmodel.summary == "Sorted: 9,000 · shown: the first 1"


def test_answer_is_looked_at_closely_until_other_files_are_sorted(
    viewmodel, engines, story, tmp_path
):
    viewmodel.predict(["/new"])
    finish(engines, story, tmp_path)
    assert viewmodel.detail.answer is viewmodel.answers[0], "the only one needs no click"
    viewmodel.choose_answer(-1)
    assert viewmodel.detail.answer is None
    viewmodel.choose_answer(0)
    viewmodel.predict(["/newer"])
    assert viewmodel.detail.answer is None


def test_filter_is_taken_over_by_nobody_else(viewmodel, engines, story, tmp_path, changes):
    viewmodel.predict(["/new"])
    finish(engines, story, tmp_path)
    told = changes(viewmodel)
    viewmodel.choose_filter("not sure")
    assert viewmodel.list.shown == []
    assert len(told) == 1


def test_pasted_picture_is_a_file_of_the_job(viewmodel, engines):
    viewmodel.predict_pasted(b"png")
    (job,) = engines.jobs
    [file] = job.files
    assert Path(file).parent == Path(job.folder)
    assert Path(file).read_bytes() == b"png"


def test_pasted_picture_that_cannot_be_written_is_told_in_place(viewmodel, engines, app_home):
    app_home.jobs.write_text("not a folder")
    viewmodel.predict_pasted(b"png")
    assert viewmodel.failure.code == "folder_not_writable"
    assert engines.jobs == []


def test_nothing_to_paste_is_said(viewmodel, make_run):
    viewmodel.tell_nothing_to_paste()
    assert "copy a picture" in viewmodel.note
    viewmodel.open_run(make_run("other-1"), "text")
    assert viewmodel.note == ""
    viewmodel.tell_nothing_to_paste()
    assert "copy a text" in viewmodel.note


def test_nothing_is_pasted_without_a_model(engines, app_home):
    PredictionViewModel(engines, app_home).predict_pasted(b"png")
    assert engines.jobs == []


def test_copies_go_into_a_new_folder(viewmodel, engines, story, tmp_path):
    viewmodel.sort_copies(str(tmp_path))
    assert engines.jobs == []
    viewmodel.predict(["/new"])
    table = finish(engines, story, tmp_path, num_unreadable=1)
    viewmodel.save_table(str(tmp_path / "mine.csv"))
    (tmp_path / "trees-1-sorted-1").mkdir()
    viewmodel.sort_copies(str(tmp_path))
    job = engines.jobs[-1]
    assert (job.csv, job.to) == (str(table), str(tmp_path / "trees-1-sorted-2"))
    copied = story.tell(CopiesFinished, folder=job.to, num_copied=1, num_rows=0, num_failed=0)
    engines.running[-1].say(copied)
    engines.running[-1].end()
    assert viewmodel.summary == "Copied into trees-1-sorted-2: 1"
    assert viewmodel.place == job.to
    assert viewmodel.answers, "the answers are gone"
    viewmodel.save_table(str(tmp_path / "mine.csv"))
    assert viewmodel.summary.startswith("Saved")


def test_stop_says_that_the_copies_so_far_stay(viewmodel, engines, story, tmp_path):
    viewmodel.predict(["/new"])
    finish(engines, story, tmp_path)
    viewmodel.sort_copies(str(tmp_path))
    engines.running[-1].say(story.tell(JobCancelled))
    engines.running[-1].end()
    assert viewmodel.summary == "Stopped. The copies so far stay in trees-1-sorted-1"


def test_reason_is_not_said_twice(viewmodel, engines, story):
    viewmodel.predict(["/new"])
    problem = Problem(code="file_unreadable", path="1.pdf", reason="no picture")
    engines.running[-1].say(
        story.tell(ProblemFound, problem=problem),
        story.fail("path_not_usable", path="1.pdf", reason="no picture"),
    )
    assert viewmodel.failure is not None
    assert viewmodel.problem_note == ""


def test_of_several_answers_none_is_looked_at_before_a_click(viewmodel, engines, story):
    viewmodel.predict(["/new"])
    engines.running[-1].say(
        story.tell(SamplePredicted, file="/new/1.png", predicted="oak", probability=0.9),
        story.tell(SamplePredicted, file="/new/2.png", predicted="elm", probability=0.9),
        story.tell(PredictionFinished, num_samples=2, num_unreadable=0, csv="t.csv"),
    )
    assert viewmodel.detail.answer is None
