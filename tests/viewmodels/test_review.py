"""Labels that speak against their samples, and what a person decides about them."""

import json
from pathlib import Path

import pytest

from tlgui.core.corrections import (
    Correction,
    Corrections,
    read_corrections,
    write_corrections,
)
from tlgui.core.errors import TlguiError
from tlgui.core.evaluation import Estimate
from tlgui.core.events import Progressed, ReviewFinished
from tlgui.core.review import Review, Shortcut, Suspect
from tlgui.viewmodels import review as module
from tlgui.viewmodels.review import ReviewViewModel

AREA = Estimate(value=0.98, low=0.95, high=0.99)


def suspect(file, label="oak", suggested="elm"):
    return Suspect(
        file=file, digest=f"digest of {file}", label=label, suggested=suggested, quality=0.1
    )


@pytest.fixture
def found(tmp_path) -> Review:
    return Review(
        source=str(tmp_path / "trees"),
        modality="image",
        classes=("oak", "elm", "ash"),
        num_samples=20,
        num_suspects=2,
        suspects=(suspect("oak/0.png"), suspect("oak/1.png")),
        hints=("border",),
        num_hinted=20,
        shortcuts=(Shortcut(hint="border", class_name="elm", roc_auc=AREA),),
    )


@pytest.fixture
def run(make_run, found):
    run = make_run()
    (run.review / "thumbnails").mkdir(parents=True)
    (run.review / "thumbnails" / "0.jpg").write_bytes(b"a picture")
    (run.review / "review.json").write_text(found.to_json(), encoding="utf-8")
    return run


@pytest.fixture
def viewmodel(engines, app_home, run) -> ReviewViewModel:
    viewmodel = ReviewViewModel(engines, app_home)
    viewmodel.open_run(run, "image")
    return viewmodel


def captions(viewmodel):
    return [shown.caption for shown in viewmodel.gallery]


def decided(app_home, found):
    return {c.path: c.label for c in read_corrections(app_home.corrections, found.source).samples}


def test_run_that_nobody_has_looked_at_invites_to(engines, app_home, make_run):
    viewmodel = ReviewViewModel(engines, app_home)
    viewmodel.start()
    assert not engines.jobs, "there is no run yet"
    viewmodel.open_run(make_run("new-1"), "image")
    assert viewmodel.can_start
    assert viewmodel.invitation
    assert viewmodel.gallery == viewmodel.shortcut_list == ()
    assert viewmodel.suspects == viewmodel.shortcuts == viewmodel.changes == ""
    assert viewmodel.suspect is None
    assert viewmodel.chosen_file is None


def test_look_is_a_job_of_its_own_and_ends_with_what_was_found(
    engines, app_home, make_run, story, found
):
    viewmodel, run = ReviewViewModel(engines, app_home), make_run("new-1")
    viewmodel.open_run(run, "image")
    viewmodel.start()
    (job,) = engines.jobs
    assert Path(job.run) == run.path
    assert not viewmodel.can_start
    engines.running[-1].say(
        story.tell(Progressed, activity="suspecting", done=1, total=5),
        story.tell(ReviewFinished, folder=str(run.review), review=found),
    )
    engines.running[-1].end()
    assert viewmodel.review == found
    assert not viewmodel.invitation


def test_review_of_one_run_never_stands_under_another(engines, app_home, make_run, story, found):
    viewmodel, run = ReviewViewModel(engines, app_home), make_run("new-1")
    viewmodel.open_run(run, "image")
    viewmodel.start()
    viewmodel.open_run(make_run("other-1"), "image")
    finished = story.tell(ReviewFinished, folder=str(run.review), review=found)
    engines.running[-1].say(finished)
    engines.running[-1].end()
    assert viewmodel.review is None
    assert viewmodel.can_start


def test_what_was_found_is_there_when_a_run_is_opened_again(viewmodel):
    assert captions(viewmodel) == ["oak, looks like elm"] * 2
    assert viewmodel.gallery[0].thumbnail.endswith("0.jpg")
    assert viewmodel.gallery[1].thumbnail == ""
    assert "2 of 20 pictures" in viewmodel.suspects
    assert viewmodel.shortcuts
    assert "tells elm" in viewmodel.shortcut_list[0]


def test_opening_the_same_run_again_keeps_what_is_chosen(viewmodel, run):
    viewmodel.choose(1)
    viewmodel.open_run(run, "image")
    assert viewmodel.chosen == 1
    viewmodel.choose(-1)
    assert viewmodel.suspect is None


def test_damaged_review_is_told_in_place(viewmodel, make_run):
    other = make_run("other-1")
    other.review.mkdir()
    (other.review / "review.json").write_text("noise")
    viewmodel.open_run(other, "image")
    assert viewmodel.failure is not None
    assert viewmodel.review is None


def test_texts_are_shown_by_their_beginnings(viewmodel, run, engines, app_home):
    lines = [json.dumps({"row": 1, "text": "Dear Sir"}), ""]
    (run.review / "snippets.jsonl").write_text("\n".join(lines), encoding="utf-8")
    other = ReviewViewModel(engines, app_home)
    other.open_run(run, "text")
    assert [shown.text for shown in other.gallery] == ["", "Dear Sir"]


def test_sample_is_set_aside_and_taken_back(viewmodel, app_home, found):
    viewmodel.choose(1)
    viewmodel.set_aside()
    assert captions(viewmodel) == ["oak, looks like elm", "oak, set aside"]
    assert decided(app_home, found) == {"oak/1.png": ""}
    assert viewmodel.is_corrected
    assert "1 pictures" in viewmodel.changes
    viewmodel.undo()
    assert not viewmodel.is_corrected
    assert decided(app_home, found) == {}


def test_sample_gets_another_label_until_it_is_given_its_own(viewmodel, app_home, found):
    viewmodel.choose(0)
    viewmodel.relabel("ash")
    assert captions(viewmodel)[0] == "oak → ash"
    assert decided(app_home, found) == {"oak/0.png": "ash"}
    viewmodel.relabel("oak")
    assert decided(app_home, found) == {}


def test_without_a_choice_nothing_is_decided(viewmodel, app_home, found):
    viewmodel.set_aside()
    viewmodel.undo()
    assert decided(app_home, found) == {}


def test_decision_that_cannot_be_kept_is_not_claimed(viewmodel, monkeypatch):
    def full(*_):
        raise TlguiError("disk_full", path="/home")

    monkeypatch.setattr(module, "write_corrections", full)
    viewmodel.choose(0)
    viewmodel.set_aside()
    assert not viewmodel.is_corrected
    assert "full" in viewmodel.failure.sentence


def test_way_back_to_the_data_leads_to_its_folder(viewmodel, found, engines, app_home, qtbot):
    with qtbot.waitSignal(viewmodel.again_wanted) as wanted:
        viewmodel.look_again()
    assert wanted.args == [found.source]
    with qtbot.assertNotEmitted(viewmodel.again_wanted):
        ReviewViewModel(engines, app_home).look_again()


@pytest.mark.parametrize("table", ["", "labels.csv"])
def test_file_of_the_chosen_sample_can_be_opened(engines, app_home, run, found, tmp_path, table):
    (tmp_path / "trees" / "oak").mkdir(parents=True)
    (tmp_path / "trees" / "oak" / "0.png").write_bytes(b"a picture")
    record = {**json.loads(found.to_json()), "source": str(tmp_path / "trees" / table)}
    (run.review / "review.json").write_text(json.dumps(record), encoding="utf-8")
    viewmodel = ReviewViewModel(engines, app_home)
    viewmodel.open_run(run, "image")
    viewmodel.choose(0)
    assert viewmodel.chosen_file == tmp_path / "trees" / "oak" / "0.png"
    viewmodel.choose(1)
    assert viewmodel.chosen_file is None


def test_run_that_is_gone_leaves_nothing_for_the_next_of_its_name(viewmodel, run):
    viewmodel.choose(0)
    viewmodel.clear()
    assert viewmodel.review is None
    assert viewmodel.gallery == ()
    assert viewmodel.suspect is None
    viewmodel.open_run(run, "image")
    assert viewmodel.review is not None, "it is read anew"


def test_job_of_another_run_is_no_longer_heard(engines, app_home, make_run, story, qtbot):
    viewmodel = ReviewViewModel(engines, app_home)
    viewmodel.open_run(make_run("first-1"), "image")
    viewmodel.start()
    old = engines.running[-1]
    with qtbot.waitSignal(viewmodel.job_ended):
        viewmodel.open_run(make_run("second-1"), "image")
    old.say(story.tell(Progressed, activity="suspecting", done=1, total=5))
    old.say(story.fail("dataset_changed", path="x", reason="y"))
    assert viewmodel.progress is None
    assert viewmodel.failure is None
    assert viewmodel.can_start


def test_decisions_made_elsewhere_meanwhile_are_neither_lost_nor_brought_back(
    viewmodel, app_home, found
):
    viewmodel.choose(0)
    viewmodel.set_aside()
    elsewhere = Correction(path="other.png", digest="x", label="")
    write_corrections(app_home.corrections, Corrections(source=found.source, samples=(elsewhere,)))
    viewmodel.read_decisions()
    assert captions(viewmodel)[0] == "oak, looks like elm"
    viewmodel.choose(1)
    viewmodel.set_aside()
    assert decided(app_home, found) == {"other.png": "", "oak/1.png": ""}
    viewmodel.undo()
    assert decided(app_home, found) == {"other.png": ""}


def test_label_that_a_person_has_given_before_can_be_confirmed(viewmodel, app_home, found):
    own = Correction(path="oak/0.png", digest="digest of oak/0.png", label="oak")
    write_corrections(app_home.corrections, Corrections(source=found.source, samples=(own,)))
    viewmodel.read_decisions()
    viewmodel.choose(0)
    viewmodel.relabel("oak")  # what the run has learned, against what the folder says
    assert decided(app_home, found) == {"oak/0.png": "oak"}


def test_decisions_that_cannot_be_read_are_told_and_not_forgotten(viewmodel, app_home, found):
    viewmodel.choose(0)
    viewmodel.set_aside()
    (file,) = app_home.corrections.iterdir()
    file.unlink()
    file.mkdir()
    viewmodel.read_decisions()
    assert viewmodel.failure is not None
    assert captions(viewmodel)[0] == "oak, set aside"
