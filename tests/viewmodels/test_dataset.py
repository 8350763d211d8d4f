from dataclasses import replace
from pathlib import Path

import pytest

from tests.stories import messages, snippets
from tlgui.core.corrections import Corrections, read_corrections, write_corrections
from tlgui.core.dataset import Problem
from tlgui.core.dataset_summary import summary_of
from tlgui.core.events import JobCancelled, ProblemFound, ScanFinished, ThumbnailReady
from tlgui.viewmodels.dataset import DatasetViewModel


@pytest.fixture
def viewmodel(engines, app_home) -> DatasetViewModel:
    viewmodel = DatasetViewModel(engines, app_home, clock=lambda: 5.0)
    viewmodel.open_source("/data/trees")
    return viewmodel


@pytest.fixture
def finish(viewmodel, engines, story, tmp_path):
    """End the scan with a data set on disk."""

    def end(data, **changes) -> None:
        file = tmp_path / "dataset.json"
        content = {
            "dataset": str(file),
            "folder": data.folder,
            "classes": data.classes,
            "class_counts": data.class_counts(),
            "num_samples": len(data.samples),
            "num_unreadable": 0,
            "num_ignored": 0,
            "usable": True,
            "summary": summary_of(data, file),
        }
        engines.running[-1].say(story.tell(ScanFinished, **{**content, **changes}))
        engines.running[-1].end()

    return end


def test_folder_is_scanned_in_a_folder_of_its_own(viewmodel, engines, app_home):
    (job,) = engines.jobs
    assert job.source == "/data/trees"
    assert Path(job.folder).parent == app_home.jobs
    assert job.requested_s == 5.0
    assert viewmodel.title == "trees"
    assert "/data/trees" in viewmodel.sub
    assert viewmodel.class_counts == ()


def test_pictures_and_problems_appear_while_the_scan_runs(viewmodel, engines, story):
    engines.running[0].say(
        story.tell(ThumbnailReady, path="oak/1.png", class_name="oak", file="/t/1.jpg"),
        story.tell(ProblemFound, problem=Problem(code="file_unreadable", path="x", reason="y")),
        story.tell(ProblemFound, problem=Problem(code="class_empty", name="elm")),
    )
    assert [t.file for t in viewmodel.thumbnails] == ["/t/1.jpg"]
    assert viewmodel.problem_summary == "Kinds without pictures: 1 · unreadable files: 1"


def test_usable_data_leads_on(viewmodel, finish, dataset, qtbot):
    finish(dataset)
    assert viewmodel.sub == "20 pictures in 2 kinds"
    assert viewmodel.class_counts == (("elm", 10), ("oak", 10))
    with qtbot.waitSignal(viewmodel.accepted, timeout=1000):
        viewmodel.accept()


def test_what_was_left_out_is_counted(viewmodel, finish, dataset):
    finish(dataset, num_unreadable=3, num_ignored=2)
    assert viewmodel.sub == "23 pictures in 2 kinds · 20 can be used · 2 other files left out"


def test_unusable_data_says_what_must_be_solved_and_leads_nowhere(
    viewmodel, finish, dataset, qtbot
):
    problem = Problem(code="class_too_small", name="elm", count=2)
    finish(replace(dataset, problems=(problem,)), usable=False)
    assert viewmodel.title == "trees needs a change first"
    assert "too few samples: 2" in viewmodel.sub
    with qtbot.assertNotEmitted(viewmodel.accepted):
        viewmodel.accept()


def test_window_never_reads_the_samples_of_which_there_may_be_a_million(viewmodel, finish, dataset):
    finish(dataset, dataset="/nowhere/dataset.json")
    assert viewmodel.is_usable
    assert not hasattr(viewmodel.dataset, "samples")


def test_scan_that_tells_nothing_of_its_data_leads_nowhere(viewmodel, finish, dataset):
    finish(dataset, summary=None)
    assert not viewmodel.is_usable


def test_failure_reassures_that_nothing_was_changed(viewmodel, engines, story):
    engines.running[0].say(story.fail("folder_missing", path="/data/trees"))
    assert "There is no folder /data/trees" in viewmodel.failure.sentence
    assert viewmodel.sub == "Nothing in your folder was changed."


def test_cancelled_scan_says_so(viewmodel, engines, story):
    viewmodel.cancel()
    assert engines.running[0].requests == ["stop"]
    engines.running[0].say(story.tell(JobCancelled))
    assert viewmodel.sub.startswith("Stopped before everything was read")


def test_new_folder_starts_with_a_clean_page(viewmodel, engines, story):
    engines.running[0].say(
        story.tell(ProblemFound, problem=Problem(code="class_empty", name="elm"))
    )
    viewmodel.open_source("/data/labels.csv")
    assert viewmodel.title == "labels"
    assert viewmodel.problems == []
    assert viewmodel.problem_summary == ""


@pytest.mark.parametrize(
    ("group", "words"),
    [
        ("prefix", "“P0_”, “P1_”"),
        ("prefix:_", "“P0_”, “P1_”"),
        ("folder", "subfolders"),
        ("column:patient", "the same patient"),
    ],
)
def test_one_question_names_what_would_be_kept_together(viewmodel, finish, dataset, group, words):
    finish(replace(dataset, suggested_group=group))
    assert words in viewmodel.question
    viewmodel.keep_together()
    assert viewmodel.group_by == group
    assert viewmodel.question == ""


def test_groups_that_the_scan_found_are_shown_as_they_are(viewmodel, finish, dataset):
    samples = tuple(replace(s, group="plot 7") for s in dataset.samples)
    finish(replace(dataset, samples=samples))
    assert "“plot 7”" in viewmodel.question


def test_names_without_a_separator_stand_for_themselves(viewmodel, finish, dataset):
    samples = tuple(replace(s, path=f"oak/{n}.png") for n, s in enumerate(dataset.samples))
    finish(replace(dataset, samples=samples, suggested_group="prefix"))
    assert "“0”, “1”" in viewmodel.question


def test_there_is_no_question_before_the_end_of_the_scan(viewmodel):
    assert viewmodel.question == ""
    viewmodel.keep_together()
    assert viewmodel.group_by == ""


def test_texts_and_their_count_are_shown(viewmodel, engines, story, finish):
    engines.running[0].say(*snippets(story))
    assert viewmodel.modality == "text"
    assert viewmodel.found_sentence == "20 of 20 shown"
    finish(messages(), modality="text")
    assert viewmodel.sub == "20 texts in 2 kinds"
    viewmodel.search("winner")
    assert viewmodel.found_sentence == "10 of 20 shown"


def test_search_in_huge_data_says_how_far_it_reaches(viewmodel, engines, story, finish):
    engines.running[0].say(*snippets(story))
    finish(messages(), modality="text", num_samples=90_000)
    assert viewmodel.found_sentence == "20 of the first 20 shown"


def test_kind_is_chosen_and_given_up_with_the_same_click(viewmodel, engines, story, finish):
    engines.running[0].say(*snippets(story))
    assert viewmodel.class_words == viewmodel.facts == ""
    finish(messages(), modality="text")
    assert viewmodel.class_words.startswith("Click a kind")
    viewmodel.choose_class("spam")
    assert viewmodel.class_words.startswith("Typical of spam: claim")
    assert {s.class_name for s in viewmodel.snippets.found} == {"spam"}
    viewmodel.choose_class("spam")
    assert len(viewmodel.snippets.found) == 20
    assert viewmodel.facts.startswith("Half of the texts")


def test_samples_have_no_name_before_the_first_is_read(viewmodel, engines, story):
    assert viewmodel.samples == "files"
    engines.running[0].say(
        story.tell(ThumbnailReady, path="oak/1.png", class_name="oak", file="/t/1.jpg")
    )
    assert viewmodel.samples == "pictures"


def test_other_columns_are_read_anew(viewmodel, engines, story, finish):
    engines.running[0].say(*snippets(story))
    finish(messages(), modality="text")
    assert viewmodel.columns == ("label", "message", "sender")
    assert (viewmodel.text_column, viewmodel.label_column) == ("message", "label")
    viewmodel.choose_columns("message", "label")
    assert len(engines.jobs) == 1, "nothing was changed"
    viewmodel.choose_columns("message", "sender")
    job = engines.jobs[1]
    assert (job.text_column, job.label_column) == ("message", "sender")
    assert job.source == "/data/trees"
    assert viewmodel.snippets.all == [], "texts of the old columns must not stay"
    assert viewmodel.columns == ("label", "message", "sender"), "the way back stays open"


def test_wrong_guess_of_the_columns_can_be_put_right(viewmodel, engines, story):
    failed = story.fail("column_missing", path="/t.csv", name="text", known="kind, words")
    engines.running[0].say(failed)
    engines.running[0].end()
    assert viewmodel.columns == ("kind", "words")
    assert (viewmodel.text_column, viewmodel.label_column) == ("", "")
    viewmodel.choose_columns("words", "kind")
    assert engines.jobs[1].text_column == "words"
    assert viewmodel.failure is None


def test_columns_are_offered_where_they_left_one_kind(viewmodel, finish):
    one = replace(messages(), classes=("ham",), samples=())
    finish(one, modality="text", usable=False)
    assert viewmodel.columns == ("label", "message", "sender")
    assert "only one kind" in viewmodel.sub


def test_folder_has_no_columns(viewmodel, engines, story):
    engines.running[0].say(story.fail("no_classes", path="/data/trees"))
    viewmodel.choose_columns("a", "b")
    assert viewmodel.columns == ()
    assert len(engines.jobs) == 1


@pytest.mark.parametrize("source", ["/d/mail.csv", "/d/mail.tsv", "/d/mail.XLSX", "/d/mail.jsonl"])
def test_table_is_named_without_its_ending(viewmodel, source):
    viewmodel.open_source(source)
    assert viewmodel.name == "mail"


def test_decisions_are_no_problems_and_can_be_taken_back(viewmodel, engines, story, app_home):
    source = viewmodel.source
    write_corrections(app_home.corrections, Corrections(source=source))
    engines.running[-1].say(
        story.tell(ProblemFound, problem=Problem(code="set_aside", path="oak/1.png")),
        story.tell(ProblemFound, problem=Problem(code="relabeled", path="oak/2.png", count=3)),
    )
    assert viewmodel.problem_summary == ""
    assert "oak/1.png" in viewmodel.decisions
    assert "3, such as oak/2.png" in viewmodel.decisions
    viewmodel.take_back()
    assert read_corrections(app_home.corrections, source).samples == ()
    assert viewmodel.decisions == ""
    assert len(engines.jobs) == 2, "the data is looked through again"


def test_decisions_that_cannot_be_taken_back_stay_on_the_screen(
    viewmodel, engines, story, app_home
):
    app_home.corrections.write_text("in the way")
    engines.running[-1].say(
        story.tell(ProblemFound, problem=Problem(code="set_aside", path="oak/1.png"))
    )
    viewmodel.take_back()
    assert viewmodel.failure is not None
    assert viewmodel.decisions


def test_taking_back_keeps_the_columns_that_were_chosen(viewmodel, engines, finish, dataset):
    table = replace(
        dataset, modality="text", columns=("a", "b", "c"), text_column="a", label_column="b"
    )
    finish(table, modality="text")
    viewmodel.choose_columns("c", "b")
    viewmodel.take_back()
    assert (engines.jobs[-1].text_column, engines.jobs[-1].label_column) == ("c", "b")
