import csv
from dataclasses import replace

import pytest

from tlgui.core.evaluation import ClassScore, Estimate, Evaluation, Reference
from tlgui.viewmodels.evaluation import EvaluationViewModel

ESTIMATE = Estimate(value=0.75, low=0.5, high=0.9)
ROWS = (
    ("oak/0.png", "oak", "oak", 0.9),
    ("oak/1.png", "oak", "elm", 0.6),
    ("elm/2.png", "elm", "elm", 0.8),
    ("elm/3.png", "elm", "oak", 0.97),
    ("oak/4.png", "oak", "oak", 0.95),
)


def score(name: str, n: int, f1: float) -> ClassScore:
    return ClassScore(name=name, num_samples=n, precision=f1, recall=f1, f1=f1)


EVALUATION = Evaluation(
    split="test",
    num_samples=5,
    accuracy=ESTIMATE,
    balanced_accuracy=ESTIMATE,
    macro_f1=ESTIMATE,
    majority_baseline=0.6,
    majority_class="oak",
    classes=(score("oak", 30, 0.95), score("elm", 20, 0.5)),
    confusion=((2, 1), (1, 1)),
)


@pytest.fixture
def run(make_run):
    run = make_run()
    (run.evaluation / "thumbnails").mkdir(parents=True)
    (run.evaluation / "thumbnails" / "3.jpg").write_bytes(b"a picture")
    (run.evaluation / "evaluation.json").write_text(EVALUATION.to_json(), encoding="utf-8")
    with (run.evaluation / "predictions.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("file", "true", "predicted", "probability", "p:oak", "p:elm"))
        writer.writerows((*row, 0.5, 0.5) for row in ROWS)
    return run


@pytest.fixture
def viewmodel(run, qtbot) -> EvaluationViewModel:
    viewmodel = EvaluationViewModel()
    viewmodel.open_run(run)
    qtbot.waitUntil(lambda: not viewmodel._reading.is_running)
    return viewmodel


def test_verdict_is_the_title(viewmodel):
    assert viewmodel.title == "Right on 75 % of pictures it never saw"
    assert "always guessing oak would give 60 %" in viewmodel.sub


def test_worst_mistake_comes_first_with_its_picture(viewmodel, run):
    first, second = viewmodel.gallery
    assert viewmodel.gallery_title == "Worst mistakes · 2 in all"
    assert first.caption == "elm, said oak 97 %"
    assert first.thumbnail == str(run.evaluation / "thumbnails" / "3.jpg")
    assert (second.file, second.thumbnail) == ("oak/1.png", "")


def test_cell_shows_its_samples_and_leads_back(viewmodel):
    viewmodel.choose_cell(0, 0)
    assert viewmodel.gallery_title == "oak, rightly recognized: 2"
    assert [s.caption for s in viewmodel.gallery] == ["oak 95 %", "oak 90 %"]
    viewmodel.choose_cell(0, 1)
    assert viewmodel.gallery_title == "oak taken for elm: 1"
    assert [s.file for s in viewmodel.gallery] == ["oak/1.png"]
    viewmodel.show_worst()
    assert len(viewmodel.gallery) == 2


def test_model_without_mistakes_is_told_so(viewmodel, run, qtbot):
    table = run.evaluation / "predictions.csv"
    lines = table.read_text(encoding="utf-8").splitlines(keepends=True)
    wrong = ("oak/1", "elm/3")
    table.write_text("".join(li for li in lines if not li.startswith(wrong)), encoding="utf-8")
    viewmodel.open_run(run)
    qtbot.waitUntil(lambda: not viewmodel._reading.is_running)
    assert viewmodel.gallery_title == "No mistakes on the test pictures"


def test_nothing_is_claimed_while_the_answers_are_being_read(run, qtbot):
    viewmodel = EvaluationViewModel()
    viewmodel.open_run(run)
    assert viewmodel.gallery_title == "Worst mistakes"
    qtbot.waitUntil(lambda: not viewmodel._reading.is_running)


@pytest.mark.parametrize(
    ("classes", "words"),
    [
        ((score("oak", 30, 0.95), score("elm", 20, 0.5)), "More pictures of elm would help most."),
        ((score("oak", 30, 0.95), score("elm", 2, 0.5)), "Only 2 of elm were tested"),
        ((score("oak", 30, 0.95), score("elm", 3, 1.0)), "fewer than 10 tested pictures"),
        ((score("oak", 30, 0.95), score("elm", 20, 1.0)), ""),
        ((score("oak", 30, 0.95), score("elm", 0, 0.0)), "fewer than 10"),
    ],
)
def test_tiny_numbers_and_weak_kinds_are_pointed_out(viewmodel, classes, words):
    viewmodel.evaluation = replace(EVALUATION, classes=classes)
    assert words in viewmodel.advice
    assert bool(viewmodel.advice) == bool(words)


def test_run_without_a_result_says_so(make_run, qapp):
    viewmodel = EvaluationViewModel()
    assert viewmodel.title == "No result yet"
    assert viewmodel.sub == ""
    viewmodel.open_run(make_run())
    assert viewmodel.failure.code == "no_result_yet"
    assert viewmodel.gallery == ()


@pytest.mark.parametrize(
    "content", [None, "file,true\na,b\n", "file,true,predicted,probability\na,b,c,d\n"]
)
def test_damaged_answers_leave_the_verdict_standing(run, qtbot, content):
    file = run.evaluation / "predictions.csv"
    file.unlink()
    if content is not None:
        file.write_text(content, encoding="utf-8")
    viewmodel = EvaluationViewModel()
    viewmodel.open_run(run)
    qtbot.waitUntil(lambda: not viewmodel._reading.is_running)
    assert viewmodel.failure.code == "file_damaged"
    assert viewmodel.title.startswith("Right on")


def test_cleared_page_holds_nothing_of_the_old_run(viewmodel):
    viewmodel.choose_cell(0, 1)
    viewmodel.clear()
    assert viewmodel.run is None
    assert viewmodel.gallery == ()
    assert viewmodel.classes == ()


@pytest.fixture
def text_run(run):
    plain = Reference(name="counts", accuracy=ESTIMATE, macro_f1=ESTIMATE)
    judged = replace(EVALUATION, modality="text", reference=plain)
    (run.evaluation / "evaluation.json").write_text(judged.to_json(), encoding="utf-8")
    return run


@pytest.fixture
def open_text_run(text_run, qtbot):
    def open_run(lines: str) -> EvaluationViewModel:
        (text_run.evaluation / "snippets.jsonl").write_text(lines, encoding="utf-8")
        viewmodel = EvaluationViewModel()
        viewmodel.open_run(text_run)
        qtbot.waitUntil(lambda: not viewmodel._reading.is_running)
        return viewmodel

    return open_run


def test_worst_mistake_comes_with_its_text(open_text_run):
    viewmodel = open_text_run('{"row": 3, "text": "Claim your prize"}\n')
    first, second = viewmodel.gallery
    assert first.text == "Claim your prize"
    assert (second.file, second.text) == ("oak/1.png", ""), "the name of the file stands in"


def test_verdict_on_texts_says_what_there_was_to_beat(open_text_run):
    viewmodel = open_text_run("")
    assert viewmodel.title == "Right on 75 % of texts it never saw"
    assert "TF-IDF" in viewmodel.reference
    assert viewmodel.advice == "More texts of elm would help most."
    viewmodel.clear()
    assert viewmodel.reference == ""
    assert viewmodel.modality == "image"


@pytest.mark.parametrize(
    "lines", ["{", "[1]\n", '{"row": 3}\n', '{"row": "x", "text": "a"}\n', '{"row": [], "text": 1}']
)
def test_damaged_snippets_leave_everything_else_standing(open_text_run, lines):
    viewmodel = open_text_run(lines)
    assert viewmodel.failure is None
    assert len(viewmodel.gallery) == 2


def test_pictures_have_nothing_to_beat(viewmodel):
    assert viewmodel.reference == ""


def test_least_certain_answers_can_be_looked_at(viewmodel):
    viewmodel.choose_cell(0, 0)
    viewmodel.choose_lens("certainty")
    assert viewmodel.gallery_title == "Least certain answers"
    assert [shown.file for shown in viewmodel.gallery[:2]] == ["oak/1.png", "elm/2.png"]
    viewmodel.choose_lens("errors")
    assert len(viewmodel.gallery) == 2, "the cell is still the chosen one"


def test_strangest_samples_can_be_looked_at_where_they_are_known(viewmodel):
    viewmodel.choose_lens("certainty")
    viewmodel.toggle_strangest()
    assert not viewmodel.can_show_strangest, "a table of an earlier version has none"
    assert viewmodel.gallery_title == "Least certain answers"
    strange = (0.5, 0.2, 3.0, 0.1, 0.9)
    viewmodel.predictions = [
        replace(p, strangeness=s) for p, s in zip(viewmodel.predictions, strange, strict=True)
    ]
    assert viewmodel.gallery_title == "Strangest first"
    assert [shown.file for shown in viewmodel.gallery[:2]] == ["elm/2.png", "oak/4.png"]
    viewmodel.toggle_strangest()
    assert viewmodel.gallery[0].file == "oak/1.png"


def test_result_that_proves_nothing_says_so(viewmodel):
    assert "cannot be told from always guessing oak" in viewmodel.caution
    viewmodel.clear()
    assert viewmodel.caution == ""


def test_certainty_is_that_of_the_run_on_the_screen(viewmodel):
    assert viewmodel.certainty.class_names == ("oak", "elm")
    viewmodel.clear()
    assert viewmodel.certainty.class_names == ()


def test_mistakes_about_one_class_can_be_looked_at(viewmodel):
    viewmodel.choose_cell(0, 0)
    viewmodel.choose_class("elm")
    assert viewmodel.cell is None
    assert viewmodel.gallery_title == "Mistakes about elm: 2"
    assert [shown.file for shown in viewmodel.gallery] == ["elm/3.png", "oak/1.png"]
    viewmodel.choose_class("elm")
    assert viewmodel.gallery_title == "Worst mistakes · 2 in all"
    viewmodel.choose_class("elm")
    viewmodel.show_worst()
    assert viewmodel.class_name == ""
    viewmodel.choose_class("elm")
    viewmodel.choose_cell(0, 0)
    assert viewmodel.class_name == ""


def test_class_without_mistakes_says_so(viewmodel):
    viewmodel.choose_class("ash")
    assert viewmodel.gallery_title == "Mistakes about ash: 0"
    assert viewmodel.gallery == ()


def test_view_that_an_older_run_cannot_fill_is_left(viewmodel, make_run, qtbot):
    viewmodel.choose_lens("certainty")
    viewmodel.open_run(make_run("older-1"))
    assert viewmodel.lens == "errors"


def test_mistakes_among_very_many_are_sorted_once_and_not_at_every_refresh(viewmodel, monkeypatch):
    shown, title = viewmodel.gallery, viewmodel.gallery_title
    viewmodel.choose_lens("certainty")
    least = viewmodel.gallery
    viewmodel.choose_cell(0, 0)
    viewmodel.choose_lens("errors")
    cell = viewmodel.gallery
    monkeypatch.setattr(viewmodel, "_surest", None)
    monkeypatch.setattr("heapq.nsmallest", None)

    assert viewmodel.gallery == cell
    viewmodel.show_worst()
    assert (viewmodel.gallery, viewmodel.gallery_title) == (shown, title)
    viewmodel.choose_lens("certainty")
    assert viewmodel.gallery == least


def test_what_was_sorted_of_one_run_is_not_shown_of_another(viewmodel, run, qtbot):
    assert [shown.file for shown in viewmodel.gallery] == ["elm/3.png", "oak/1.png"]
    table = run.evaluation / "predictions.csv"
    table.write_text(table.read_text(encoding="utf-8").replace("0.97", "0.51"), encoding="utf-8")

    viewmodel.open_run(run)
    qtbot.waitUntil(lambda: not viewmodel._reading.is_running)

    assert [shown.file for shown in viewmodel.gallery] == ["oak/1.png", "elm/3.png"]
