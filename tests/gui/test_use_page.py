import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QDesktopServices

from tests.stories import Story
from tlgui.core.events import (
    AnswersReady,
    ExportFinished,
    PredictionFinished,
    Progressed,
    SamplePredicted,
    TextAnswered,
)


@pytest.fixture
def page(open_result, desk):
    open_result()
    desk.journey.go_to("use")
    return desk.page("use")


@pytest.fixture
def predict(desk, engines, tmp_path):
    def play(count: int) -> None:
        told = Story()
        table = tmp_path / "predictions.csv"
        table.write_text("file,predicted\n", encoding="utf-8")
        desk.journey.prediction.predict(["/new"])
        engines.running[-1].say(
            *(
                told.tell(SamplePredicted, file=f"/new/{n}.png", predicted="oak", probability=0.875)
                for n in range(count)
            ),
            told.tell(PredictionFinished, num_samples=count, num_unreadable=0, csv=str(table)),
        )
        engines.running[-1].end()

    return play


def cells(page) -> list[list[str]]:
    model = page.table.answers
    return [
        [model.data(model.index(row, column)) for column in range(model.columnCount())]
        for row in range(model.rowCount())
    ]


def test_answers_are_a_table(page, predict):
    predict(2)
    assert cells(page) == [["0.png", "oak", "88 %"], ["1.png", "oak", "88 %"]]
    model = page.table.answers
    tooltip = model.data(model.index(0, 0), Qt.ItemDataRole.ToolTipRole)
    assert tooltip == "/new/0.png"
    header = [model.headerData(n, Qt.Orientation.Horizontal) for n in range(3)]
    assert header == ["File", "Answer", "How sure"]
    assert model.headerData(0, Qt.Orientation.Vertical) is None


def test_new_answers_replace_the_old_table(page, predict):
    predict(3)
    predict(1)
    assert len(cells(page)) == 1


def test_pictures_and_folders_can_be_chosen(page, engines, answers):
    answers.files = ["/new/1.png"]
    page.choose_files.click()
    assert engines.jobs[-1].files == ("/new/1.png",)
    answers.path = "/new"
    page.choose_folder.click()
    assert engines.jobs[-1].files == ("/new",)
    page.cancel_predict.click()
    assert engines.running[-1].requests == ["stop"]


def test_table_is_saved_where_the_person_wants_it(page, predict, answers, tmp_path):
    assert not page.save_table.isVisible()
    predict(1)
    answers.path = str(tmp_path / "mine.csv")
    page.save_table.click()
    assert (tmp_path / "mine.csv").exists()
    assert page.summary.text() == f"Saved to {tmp_path / 'mine.csv'}"


def test_export_says_what_was_proven(page, desk, engines, answers, tmp_path, monkeypatch):
    answers.path = str(tmp_path)
    page.export.click()
    assert not page.export.isEnabled()
    assert page.export_progress.label.text() == "Writing the model"
    told = Story()
    engines.running[-1].say(told.tell(Progressed, activity="comparing", done=2, total=4))
    desk.journey.export.announce_now()
    assert "fresh process · 2 of 4" in page.export_progress.label.text()
    folder = engines.jobs[-1].to
    engines.running[-1].say(
        told.tell(
            ExportFinished,
            format="keras",
            folder=folder,
            num_bytes=13_600_000,
            num_samples=84,
            label_agreement=1.0,
            max_probability_difference=2e-6,
        )
    )
    engines.running[-1].end()
    assert page.result.text() == (
        "The exported model gave the same answer for 84 of 84 test pictures."
    )
    opened = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: opened.append(url.toLocalFile()))
    page.open_folder.click()
    assert opened == [folder]


def test_failed_export_is_told_beside_its_button(page, desk, engines, answers, tmp_path):
    answers.path = str(tmp_path)
    page.export.click()
    engines.running[-1].say(Story().fail("export_disagrees", reason="2 of 84 differ"))
    engines.running[-1].end()
    assert "2 of 84 differ" in page.export_failure.text.text()
    assert page.export.isEnabled()
    page._open_folder()


def test_format_is_chosen(page, desk):
    page.format.activated.emit(0)
    assert desk.journey.export.format == "keras"


@pytest.fixture
def text_page(open_result, desk):
    open_result(is_text=True)
    desk.journey.go_to("use")
    return desk.page("use")


def test_answer_comes_as_one_types(text_page, engines, qtbot):
    told, engine = Story(), engines.running[-1]
    assert text_page.answer.headline.text() == "Loading the model…"
    engine.say(told.tell(AnswersReady, classes=("ham", "spam")))
    qtbot.keyClicks(text_page.answer.box, "Claim your prize")
    qtbot.waitUntil(lambda: bool(engine.questions))
    assert engine.questions == [(1, "Claim your prize")]
    engine.say(
        told.tell(TextAnswered, question=1, probabilities=(0.2, 0.8), num_tokens=9, num_cut=3)
    )
    qtbot.waitUntil(lambda: text_page.answer.headline.text() == "spam, 80 % sure")
    bars = [(bar.name, bar.value) for bar in text_page.answer.bars.bars]
    assert bars == [("ham", "20 %"), ("spam", "80 %")]
    assert text_page.answer.bars.accessibleDescription() == "ham: 20 %; spam: 80 %"
    assert "the last 3 tokens" in text_page.answer.note.text()


def test_words_are_those_of_texts(text_page, desk, engines, answers):
    assert text_page.title.text() == "Let it sort new texts"
    assert text_page.choose_files.text() == "Choose texts"
    assert text_page.drop.text.text() == "Drop texts, a table or a folder here"
    assert text_page.answer.box.accessibleName() == "Text to try"
    desk.journey.take_drop(["/new/mail.csv"])
    assert engines.jobs[-1].files == ("/new/mail.csv",)


def test_keyboard_starts_in_the_text_box(text_page, desk, qtbot):
    qtbot.waitUntil(lambda: desk.window.focusWidget() is text_page.answer.box)
    qtbot.keyClick(text_page.answer.box, Qt.Key.Key_Tab)
    assert text_page.answer.box.toPlainText() == "", "Tab leads on"


def test_model_that_cannot_be_loaded_is_tried_again_with_one_click(text_page, engines):
    engines.running[-1].say(Story().fail("engine_died", reason="exit code 3"))
    engines.running[-1].end()
    assert text_page.answer.failure.isVisible()
    text_page.answer.again.click()
    assert [job.kind for job in engines.jobs] == ["answer", "answer"]
    assert not text_page.answer.failure.isVisible()


def test_text_that_was_typed_stays_when_another_model_is_opened(text_page, desk, make_run, qtbot):
    qtbot.keyClicks(text_page.answer.box, "Claim")
    desk.journey.answering.open(make_run("other-1", Story(), is_text=True))
    assert text_page.answer.box.toPlainText() == "Claim"


def test_model_of_pictures_has_no_text_box(page):
    assert not page.answer.isVisible()
