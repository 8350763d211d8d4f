from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, Qt, QUrl
from PySide6.QtGui import QColor, QDesktopServices, QGuiApplication, QImage

from tests.stories import Story
from tlgui.core.dataset import Problem
from tlgui.core.events import (
    AnswersReady,
    CopiesFinished,
    PredictionFinished,
    ProblemFound,
    Progressed,
    SamplePredicted,
    Share,
    TextAnswered,
)

SHARES = (Share(name="oak", probability=0.875), Share(name="elm", probability=0.125))
OAK = {"predicted": "oak", "probability": 0.875, "shares": SHARES}
ELM = {"predicted": "elm", "probability": 0.5, "is_sure": False}


@pytest.fixture
def panel(open_result, desk):
    open_result()
    desk.journey.go_to("use")
    return desk.page("use").panel


@pytest.fixture
def predict(desk, engines, tmp_path, thumbnail) -> Callable[..., None]:
    """Play a prediction that gives these answers."""

    def play(*answers: dict, problems: tuple[Problem, ...] = ()) -> None:
        told = Story()
        table = tmp_path / "predictions.csv"
        table.write_text("file,predicted\n", encoding="utf-8")
        desk.journey.prediction.predict([str(tmp_path)])
        files = [tmp_path / f"{number}.png" for number in range(len(answers))]
        for file in files:
            file.touch()
        engines.running[-1].say(
            *(
                told.tell(SamplePredicted, file=str(file), thumbnail=thumbnail, **answer)
                for file, answer in zip(files, answers, strict=True)
            ),
            *(told.tell(ProblemFound, problem=problem) for problem in problems),
            told.tell(
                PredictionFinished,
                num_samples=len(answers),
                num_unreadable=len(problems),
                csv=str(table),
            ),
        )
        engines.running[-1].end()

    return play


def captions(panel) -> list[str]:
    return [picture.caption for picture in panel.answers.gallery.pictures.pictures]


def cells(panel) -> list[list[str]]:
    model = panel.answers.table.answers
    return [
        [model.data(model.index(row, column)) for column in range(model.columnCount())]
        for row in range(model.rowCount())
    ]


def test_answers_to_pictures_are_pictures_in_the_order_of_the_files(panel, predict):
    predict(OAK, ELM, OAK)
    assert captions(panel) == ["oak · 88 %", "? elm · 50 %", "oak · 88 %"]
    assert panel.answers.gallery.isVisible()
    assert not panel.answers.table.isVisible()


def test_place_to_drop_is_large_until_there_are_answers(panel, predict, qtbot):
    height = panel.drop.height()
    assert height > panel.height() / 2
    predict(OAK, ELM)
    qtbot.waitUntil(lambda: panel.drop.height() < height / 2)


def test_new_answers_replace_the_old_ones(panel, predict):
    predict(OAK, ELM, OAK)
    predict(ELM)
    assert captions(panel) == ["? elm · 50 %"]


def test_answers_are_filtered_by_kind_and_by_doubt(panel, predict):
    predict(OAK, ELM, OAK)
    choice = panel.answers.filter
    words = [choice.itemText(row) for row in range(choice.count())]
    assert words == ["All answers (3)", "Not sure (1)", "oak (2)"]
    choice.activated.emit(1)
    assert captions(panel) == ["? elm · 50 %"]
    choice.activated.emit(2)
    assert captions(panel) == ["oak · 88 %", "oak · 88 %"]
    assert choice.currentText() == "oak (2)"


def test_what_is_unlike_all_that_was_learned_is_marked(panel, predict):
    predict(OAK, {**ELM, "is_unfamiliar": True})
    assert captions(panel) == ["oak · 88 %", "unfamiliar · elm · 50 %"]
    words = [panel.answers.filter.itemText(row) for row in range(panel.answers.filter.count())]
    assert words == ["All answers (2)", "Unlike anything it was trained on (1)", "oak (1)"]


def test_answer_that_is_clicked_is_shown_with_its_probabilities(
    panel, predict, tmp_path, monkeypatch
):
    predict(ELM, OAK)
    assert not panel.detail.isVisible()
    gallery = panel.answers.gallery
    gallery.setCurrentIndex(gallery.pictures.index(1))
    assert panel.detail.isVisible()
    assert panel.detail.headline.text() == "oak, 88 % sure"
    assert [(bar.name, bar.value) for bar in panel.detail.bars.bars] == [
        ("oak", "88 %"),
        ("elm", "12 %"),
    ]
    assert not panel.detail.picture.pixmap().isNull()
    opened = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: opened.append(url.toLocalFile()))
    panel.detail.open_file.click()
    panel.detail.show_folder.click()
    assert opened == [str(tmp_path / "1.png"), str(tmp_path)]
    predict(OAK, ELM)
    assert not panel.detail.isVisible(), "the answer to another file stays"
    panel.detail._open_file()
    panel.detail._show_folder()
    assert len(opened) == 2


def test_file_without_an_answer_is_told_with_the_reason(panel, predict):
    problem = Problem(code="file_unreadable", path="/new/notes.pdf", reason="not a picture")
    predict(OAK, problems=(problem,))
    assert panel.problems.text.text() == "/new/notes.pdf cannot be read: not a picture."
    assert panel.summary.text() == "Sorted: 1 · could not be read: 1"


def test_pictures_and_folders_can_be_chosen(panel, engines, answers):
    answers.files = ["/new/1.png"]
    panel.choose_files.click()
    assert engines.jobs[-1].files == ("/new/1.png",)
    answers.path = "/new"
    panel.choose_folder.click()
    assert engines.jobs[-1].files == ("/new",)
    panel.cancel.click()
    assert engines.running[-1].requests == ["stop"]


def test_table_is_saved_where_the_person_wants_it(panel, predict, answers, tmp_path):
    assert not panel.save_table.isVisible()
    predict(OAK)
    answers.path = str(tmp_path / "mine.csv")
    panel.save_table.click()
    assert (tmp_path / "mine.csv").exists()
    assert panel.summary.text() == "Saved as mine.csv"


def test_sorted_copies_are_made_where_the_person_wants_them(
    panel, predict, answers, engines, tmp_path, monkeypatch
):
    assert not panel.sort_copies.isVisible()
    predict(OAK)
    answers.path = str(tmp_path)
    panel.sort_copies.click()
    assert not panel.sort_copies.isVisible()
    to = engines.jobs[-1].to
    assert to.startswith(str(tmp_path))
    engines.running[-1].say(
        Story().tell(CopiesFinished, folder=to, num_copied=1, num_rows=0, num_failed=0)
    )
    engines.running[-1].end()
    assert panel.summary.text() == f"Copied into {Path(to).name}: 1"
    assert panel.summary.toolTip() == to
    opened = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: opened.append(url.toLocalFile()))
    panel.open_copies.click()
    assert opened == [to]
    predict(OAK)
    panel._open_copies()
    assert opened == [to]


@pytest.fixture
def clipboard(qapp):
    clipboard = QGuiApplication.clipboard()
    yield clipboard
    clipboard.clear()


def test_picture_that_was_copied_elsewhere_is_sorted(panel, engines, clipboard, qtbot):
    image = QImage(5, 3, QImage.Format.Format_RGB32)
    image.fill(QColor("#336699"))
    clipboard.setImage(image)
    qtbot.keyClick(panel.choose_files, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    [file] = engines.jobs[-1].files
    assert QImage(file).convertToFormat(image.format()) == image


def test_files_that_were_copied_elsewhere_are_sorted(panel, engines, clipboard):
    copied = QMimeData()
    copied.setUrls([QUrl.fromLocalFile("/new/1.png"), QUrl("https://example.org/2.png")])
    clipboard.setMimeData(copied)
    panel.paste.click()
    assert engines.jobs[-1].files == ("/new/1.png",)


def test_nothing_to_paste_is_said_in_place(panel, engines, clipboard):
    clipboard.setText("no picture")
    panel.paste.click()
    assert engines.jobs == []
    assert "copy a picture" in panel.note.text.text()


@pytest.fixture
def panel_of_texts(open_result, desk):
    open_result(is_text=True)
    desk.journey.go_to("use")
    return desk.page("use").panel


def test_answer_comes_as_one_types(panel_of_texts, engines, qtbot):
    told, engine = Story(), engines.running[-1]
    assert panel_of_texts.answer.headline.text() == "Loading the model…"
    engine.say(told.tell(AnswersReady, classes=("ham", "spam")))
    qtbot.keyClicks(panel_of_texts.answer.box, "Claim your prize")
    qtbot.waitUntil(lambda: bool(engine.questions))
    assert engine.questions == [(1, "Claim your prize")]
    engine.say(
        told.tell(TextAnswered, question=1, probabilities=(0.2, 0.8), num_tokens=9, num_cut=3)
    )
    qtbot.waitUntil(lambda: panel_of_texts.answer.headline.text() == "spam, 80 % sure")
    bars = [(bar.name, bar.value) for bar in panel_of_texts.answer.bars.bars]
    assert bars == [("ham", "20 %"), ("spam", "80 %")]
    assert panel_of_texts.answer.bars.accessibleDescription() == "ham: 20 %; spam: 80 %"
    assert "the last 3 tokens" in panel_of_texts.answer.note.text()


def test_words_are_those_of_texts(panel_of_texts, desk, engines, answers):
    assert desk.page("use").title.text() == "Let it sort new texts"
    assert panel_of_texts.choose_files.text() == "Choose texts"
    assert panel_of_texts.drop.text.text() == "Drop texts, a table or a folder here"
    assert panel_of_texts.answer.box.accessibleName() == "Text to try"
    desk.journey.take_drop(["/new/mail.csv"])
    assert engines.jobs[-1].files == ("/new/mail.csv",)


def test_keyboard_starts_in_the_text_box(panel_of_texts, desk, qtbot):
    qtbot.waitUntil(lambda: desk.window.focusWidget() is panel_of_texts.answer.box)
    qtbot.keyClick(panel_of_texts.answer.box, Qt.Key.Key_Tab)
    assert panel_of_texts.answer.box.toPlainText() == "", "Tab leads on"


def test_model_that_cannot_be_loaded_is_tried_again_with_one_click(panel_of_texts, engines):
    engines.running[-1].say(Story().fail("engine_died", reason="exit code 3"))
    engines.running[-1].end()
    assert panel_of_texts.answer.failure.isVisible()
    panel_of_texts.answer.again.click()
    assert [job.kind for job in engines.jobs] == ["answer", "answer"]
    assert not panel_of_texts.answer.failure.isVisible()


def test_text_that_was_typed_stays_when_another_model_is_opened(
    panel_of_texts, desk, make_run, qtbot
):
    qtbot.keyClicks(panel_of_texts.answer.box, "Claim")
    desk.journey.answering.open(make_run("other-1", Story(), is_text=True))
    assert panel_of_texts.answer.box.toPlainText() == "Claim"


def test_model_of_pictures_has_no_text_box(panel):
    assert not panel.answer.isVisible()


def test_text_that_was_copied_elsewhere_is_put_into_the_box(panel_of_texts, clipboard):
    clipboard.setText("Claim your prize")
    panel_of_texts.paste.click()
    assert panel_of_texts.answer.box.toPlainText() == "Claim your prize"
    clipboard.setText(" ")
    panel_of_texts.paste.click()
    assert "copy a text" in panel_of_texts.note.text.text()


def test_answers_to_texts_are_a_table(panel_of_texts, predict, desk, engines):
    predict({**OAK, "text": "a tall tree"}, ELM, {**OAK, "is_unfamiliar": True})
    assert cells(panel_of_texts) == [
        ["0.png", "oak", "88 %"],
        ["1.png", "not sure, perhaps elm", "50 %"],
        ["2.png", "unfamiliar, perhaps oak", "88 %"],
    ]
    table = panel_of_texts.answers.table
    model = table.answers
    tooltip = model.data(model.index(0, 0), Qt.ItemDataRole.ToolTipRole)
    assert tooltip.endswith("0.png")
    header = [model.headerData(n, Qt.Orientation.Horizontal) for n in range(3)]
    assert header == ["File", "Answer", "How sure"]
    assert model.headerData(0, Qt.Orientation.Vertical) is None
    table.setCurrentIndex(model.index(0, 0))
    assert panel_of_texts.detail.text.text() == "a tall tree"
    desk.journey.prediction.predict(["/new"])
    engines.running[-1].say(Story().tell(Progressed, activity="predicting", done=2, total=4))
    desk.journey.prediction.announce_now()
    assert "2 of 4" in panel_of_texts.progress.label.text()
    assert cells(panel_of_texts) == []
