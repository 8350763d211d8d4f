from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication

from tests.core.examples import example
from tlgui.core.corrections import read_corrections
from tlgui.core.energy import Energy
from tlgui.core.events import DocumentWritten, Progressed, RunFailed
from tlgui.core.review import Review, Suspect


@pytest.fixture
def page(open_result, desk):
    open_result()
    return desk.page("result")


def captions(page) -> list[str]:
    return [picture.caption for picture in page.samples.gallery.pictures.pictures]


def test_verdict_is_the_title_and_never_stands_alone(page):
    assert page.title.text() == "Right on 75 % of pictures it never saw"
    assert "between 50 % and 90 %" in page.sub.text()
    assert "always guessing oak would give 50 %" in page.sub.text()


def test_every_kind_has_its_figure_and_its_n(page):
    assert [(bar.name, bar.value) for bar in page.classes.bars] == [
        ("oak", "50 % · n 2"),
        ("elm", "50 % · n 2"),
    ]
    assert "precision 50 %" in page.classes.bars[0].hint
    assert "its figure is rough" in page.advice.text()


def test_worst_mistakes_are_shown_with_what_the_model_said(page):
    assert captions(page) == ["elm, said oak 97 %", "oak, said elm 60 %"]
    assert page.samples.gallery.pictures.pictures[0].thumbnail


def test_click_on_a_cell_shows_its_pictures_and_leads_back(page, qtbot):
    center = page.matrix.cell_rect(0, 0).center().toPoint()
    qtbot.mouseClick(page.matrix, Qt.MouseButton.LeftButton, pos=center)
    assert captions(page) == ["oak 90 %"]
    assert page.gallery_title.text() == "oak, rightly recognized: 1"
    assert page.matrix.chosen == (0, 0)
    page.back.click()
    assert len(captions(page)) == 2
    assert not page.back.isVisible()


def test_matrix_can_be_walked_with_the_keyboard(page, qtbot):
    qtbot.keyClick(page.matrix, Qt.Key.Key_Right)
    qtbot.keyClick(page.matrix, Qt.Key.Key_Return)
    assert captions(page) == ["oak, said elm 60 %"]
    assert page.matrix.accessibleName() == "oak: 1 of 2 taken for elm"


def test_result_leads_to_using_the_model(page, desk):
    page.go_on.click()
    assert desk.journey.stage == "use"


def test_missing_result_is_told_in_place(desk, make_run, story):
    desk.journey.evaluation.open_run(make_run("none-1", story))
    page = desk.page("result")
    desk.window.pages.show_stage("result")
    assert page.title.text() == "No result yet"
    assert page.failure.isVisible()
    assert not page.matrix_panel.isVisible()


def test_mistakes_on_texts_can_be_read(open_result, desk):
    open_result(is_text=True)
    page = desk.page("result")
    assert page.samples.texts.isVisible()
    assert not page.samples.gallery.isVisible()
    first, _ = page.samples.texts.snippets.snippets
    assert first.caption == "spam, said ham 97 %"
    assert first.text.startswith("WINNER")
    assert page.title.text() == "Right on 75 % of texts it never saw"
    assert page.reference.text.text().startswith("The bar to beat")
    desk.journey.evaluation.choose_cell(0, 0)
    (shown,) = page.samples.texts.snippets.snippets
    assert (shown.text, shown.file) == ("", "row 2")


def test_pictures_have_no_bar_of_words_to_beat(page):
    assert not page.reference.isVisible()
    assert not page.samples.texts.isVisible()


def test_one_lens_is_looked_through_at_a_time(page):
    assert page.matrix_panel.isVisible()
    page.lenses.buttons["certainty"].click()
    assert page.certainty.isVisible()
    assert not page.matrix_panel.isVisible()
    assert page.gallery_title.text() == "Least certain answers"
    page.lenses.buttons["labels"].click()
    assert page.review.isVisible()
    assert not page.certainty.isVisible()
    assert not page.samples.gallery.isVisible()
    page.lenses.buttons["errors"].click()
    assert page.matrix_panel.isVisible()


def test_strangest_samples_are_a_click_away(page):
    assert not page.strangest.isVisible()
    assert not page.familiarity.isVisible()
    page.lenses.buttons["certainty"].click()
    told = page.familiarity.accessibleName()
    assert told.startswith("Unlike anything it was trained on: 1 of 4 test")
    page.strangest.click()
    assert page.gallery_title.text() == "Strangest first"
    assert page.strangest.text() == "Show the least certain"
    page.lenses.buttons["errors"].click()
    assert not page.strangest.isVisible()


def test_threshold_moves_the_mark_and_the_words(page):
    page.lenses.buttons["certainty"].click()
    page.certainty.slider.setValue(60)
    assert page.certainty.trade_off.mark == (0.5, 0.75)
    assert "2 of 4 unseen pictures" in page.certainty.threshold_words.text()
    assert page.certainty.claims.dots[0].share == 1


def test_kind_and_curve_are_chosen(page):
    page.lenses.buttons["certainty"].click()
    cards = page.certainty
    assert [cards.kinds.itemText(i) for i in range(cards.kinds.count())] == ["oak", "elm"]
    cards.kinds.setCurrentIndex(1)
    cards.pills.buttons["precision_recall"].click()
    assert page._viewmodel.certainty.class_index == 1
    assert cards.curve.line == ()
    assert "elm" in cards.curve_words.text()


def test_doubtful_labels_are_decided_upon_and_the_data_looked_at_again(
    open_result, desk, engines, app_home, qtbot
):
    run = open_result()
    suspects = tuple(
        Suspect(file=f"oak/{n}.png", digest=str(n), label="oak", suggested="elm", quality=0.1)
        for n in range(3)
    )
    found = replace(
        example(Review), source="/data/trees", classes=("oak", "elm", "ash"), suspects=suspects
    )
    run.review.mkdir()
    (run.review / "review.json").write_text(found.to_json(), encoding="utf-8")
    desk.journey.review.open_run(run, "image")
    desk.journey.review._take(run.read_review())
    desk.journey.review.announce_now()
    page = desk.page("result")
    page.lenses.buttons["labels"].click()
    card = page.review
    assert card.shortcuts.isVisible()
    assert not card.start.isVisible()
    assert not card.agree.isVisible()
    card.samples.gallery.setCurrentIndex(card.samples.gallery.pictures.index(1))
    assert card.agree.text() == "It is elm"
    assert [card.other.itemText(i) for i in range(card.other.count())] == ["elm", "ash"]
    card.agree.click()
    assert card.samples.gallery.pictures.pictures[1].caption == "oak → elm"
    assert card.samples.gallery.currentIndex().row() == 1, "what was chosen stays chosen"
    assert card.undo.isVisible()
    card.undo.click()
    card.set_aside.click()
    assert read_corrections(app_home.corrections, "/data/trees").of("oak/1.png").label == ""
    card.again.click()
    assert desk.journey.stage == "data"
    assert desk.journey.dataset.source == "/data/trees"


def test_look_for_wrong_labels_is_offered_and_shows_its_progress(page, desk, engines, story):
    page.lenses.buttons["labels"].click()
    page.review.start.click()
    assert not page.review.start.isVisible()
    assert page.review.stop.isVisible()
    desk.journey.review.on_event(story.tell(Progressed, activity="suspecting", done=1, total=5))
    desk.journey.review.announce_now()
    assert page.review.progress.isVisible()


def test_run_is_laid_beside_another_one(page, desk, make_run, story, qtbot):
    page.lenses.buttons["comparison"].click()
    assert "no other run" in page.comparison.invitation.text()
    assert not page.comparison.others.isVisible()
    make_run("other-1", story, has_result=True)
    page.lenses.buttons["comparison"].click()
    card = page.comparison
    assert [card.others.itemText(i) for i in range(card.others.count())] == ["other-1"]
    card.others.activated.emit(0)
    qtbot.waitUntil(lambda: desk.journey.comparison.comparison is not None)
    assert "on the same 4 test pictures" in card.sentence.text()
    assert card.others.currentText() == "other-1"


def test_click_on_a_kind_shows_its_mistakes_and_leads_back(page, qtbot):
    page.classes._canvas._choose(1)
    assert page.gallery_title.text() == "Mistakes about elm: 2"
    assert page.back.isVisible()
    page.back.click()
    assert page.gallery_title.text() == "Worst mistakes · 2 in all"


def test_run_of_an_earlier_version_offers_no_view_that_it_cannot_fill(page, desk):
    assert page.lenses.buttons["certainty"].isVisible()
    desk.journey.evaluation.certainty.open(None, None)
    desk.journey.evaluation.announce_now()
    assert not page.lenses.buttons["certainty"].isVisible()


def test_wheel_over_a_choice_or_a_slider_changes_nothing(page, qtbot):
    page.lenses.buttons["certainty"].click()
    cards = page.certainty
    for widget in (cards.slider, cards.kinds):
        center = QPointF(widget.rect().center())
        event = QWheelEvent(
            center,
            widget.mapToGlobal(center),
            QPoint(),
            QPoint(0, -120),
            Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier,
            Qt.ScrollPhase.NoScrollPhase,
            False,
        )
        QApplication.sendEvent(widget, event)
        assert not event.isAccepted()
    assert cards.slider.value() == 0
    assert cards.kinds.currentIndex() == 0


def test_arrow_key_on_a_choice_opens_it_and_decides_nothing(page, qtbot):
    page.lenses.buttons["certainty"].click()
    qtbot.keyClick(page.certainty.kinds, Qt.Key.Key_Down)
    assert page.certainty.kinds.view().isVisible()
    assert page._viewmodel.certainty.class_index == 0
    page.certainty.kinds.hidePopup()


def test_both_runs_can_answer_together_with_the_progress_in_place(
    page, desk, make_run, engines, story, qtbot
):
    card = page.comparison
    assert not card.join.isVisible()
    make_run("other-1", story, has_result=True)
    page.lenses.buttons["comparison"].click()
    assert not card.join.isVisible(), "no other run is chosen yet"
    card.others.activated.emit(0)
    qtbot.waitUntil(card.join.isVisible)
    card.join.click()
    job = engines.jobs[-1]
    assert job.kind == "ensemble"
    assert job.runs[1].endswith("other-1")
    assert card.progress.isVisible()
    assert card.stop.isVisible()
    assert not card.join.isVisible()
    detail = {"first": "a", "second": "b", "reason": "their kinds are not the same"}
    engines.running[-1].say(story.tell(RunFailed, code="ensemble_mismatch", detail=detail))
    engines.running[-1].end()
    assert "their kinds are not the same" in card.failure.text.text()
    assert card.join.isVisible()
    assert not card.progress.isVisible()


def test_report_and_script_are_saved_where_a_person_wants_them(
    page, desk, engines, answers, story, qtbot
):
    answers.path = "/out/report.html"
    page.documents.report.click()

    (job,) = [job for job in engines.jobs if job.kind == "document"]
    assert (job.document, job.to) == ("report", "/out/report.html")
    assert not page.documents.script.isEnabled(), "one after the other"
    engines.running[-1].say(
        story.tell(DocumentWritten, document="report", file="/out/report.html", others=())
    )
    engines.running[-1].end()
    qtbot.waitUntil(lambda: page.documents.note.toolTip() == "Saved: /out/report.html")
    assert page.documents.script.isEnabled()


def test_closed_dialog_saves_nothing(page, engines, answers):
    answers.path = ""
    page.documents.script.click()
    assert not [job for job in engines.jobs if job.kind == "document"]


def test_run_that_no_script_can_repeat_says_so_in_place(page, desk, engines, answers, story, qtbot):
    answers.path = "/out/train.py"
    page.documents.script.click()
    detail = {"reason": "its strategy is lora", "command": "tlgui train"}
    engines.running[-1].say(
        story.tell(RunFailed, code="script_not_possible", detail=detail, technical="")
    )
    engines.running[-1].end()
    qtbot.waitUntil(page.failure.isVisible)
    assert desk.journey.documents.failure.code == "script_not_possible"


def test_what_the_run_took_is_told_in_one_line(open_result, desk):
    run = open_result()
    run.write_energy(Energy(processor_kwh=0.004))
    desk.journey.documents.open_run(run)
    note = desk.page("result").documents.note
    assert note.accessibleName() == "0.0040 kWh (est.)"
    assert "rated power" in note.toolTip()
