import pytest
from PySide6.QtCore import QPoint
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMenu

from tests.stories import Story
from tlgui.core.events import Progressed


def curve(item) -> tuple[list[float], list[float]]:
    xs, ys = item.getData()
    return list(xs), list(ys)


@pytest.fixture
def drawn(desk, qtbot):
    """Return a function that gives the plot once it has caught up with its events."""

    def plot():
        found = desk.page("run").plot
        qtbot.waitUntil(lambda: not found.is_behind)
        return found

    return plot


def test_curves_show_every_epoch_and_every_step(train, drawn):
    train()
    plot = drawn()
    assert curve(plot.accuracy.unseen) == ([1, 2], [0.85, 0.9])
    assert curve(plot.accuracy.train) == ([1, 2], [0.9, 0.9])
    assert curve(plot.loss.unseen) == ([1, 2], [0.7, 0.6])
    assert curve(plot.loss.steps) == ([1.25, 1.5, 1.75, 2.0], [0.5] * 4)


def test_title_and_cards_tell_the_finding(train, desk):
    train()
    page = desk.page("run")
    assert page.title.text() == "Training: 90 % so far"
    assert page.answer.text() == "81 %"
    assert "between 76 % and 86 %" in page.answer_note.text()
    assert [block.mark for block in page.groups.blocks] == ["trained"] * 10
    assert {name.text(): value.text() for name, value in page.fact_labels}["Speed"] == (
        "20 pictures/s"
    )
    assert page.coach.text.text()
    assert "Saved at" in desk.window.status.saved.text()


def test_baseline_and_phases_are_labeled_in_the_plot(train, drawn):
    train()
    plot = drawn()
    assert plot.baseline_name.toPlainText() == "always guessing oak: 50 %"
    assert plot.baseline.value() == 0.5
    words = [i.toPlainText() for _, i in plot._bands if hasattr(i, "toPlainText")]
    assert words == ["last layer only", "everything, slowly"]


def test_plot_is_described_for_a_screen_reader(train, drawn):
    train()
    assert "90 % on unseen pictures" in drawn().accessibleDescription()


def test_plot_that_nobody_looked_at_catches_up(train, desk, engines, drawn):
    told = train()
    desk.journey.go_to("plan")
    engines.running[-1].say(told.epoch(3, 0.5))
    desk.journey.run.announce_now()
    desk.journey.go_to("run")
    assert curve(drawn().accuracy.unseen)[0] == [1, 2, 3]


def test_resized_plot_keeps_its_bands_and_moves_their_names(train, desk, drawn):
    train()
    plot = drawn()
    (_, first), *_ = bands = list(plot._bands)
    heights = [label.pos().y() for _, label in plot._names]
    desk.window.resize(desk.window.width(), desk.window.height() + 200)
    plot = drawn()
    assert plot._bands == bands
    assert first.scene() is not None
    assert [label.pos().y() for _, label in plot._names] != heights


def test_names_of_close_curves_do_not_lie_on_each_other(train, desk, engines, drawn):
    told = train()
    engines.running[-1].say(told.epoch(3, 0.41, train_accuracy=0.85, train_loss=0.4))
    desk.journey.run.announce_now()
    curves = drawn().accuracy
    assert curves.train_name.anchor.y() > curves.unseen_name.anchor.y()


def test_work_before_the_first_epoch_shows_its_progress(scan, desk, engines):
    scan()
    desk.journey.dataset.accept()
    desk.journey.plan.train()
    page = desk.page("run")
    assert page.progress.label.text() == "Starting"
    assert page.waiting.isVisible()
    told = Story()
    engines.running[-1].say(
        told.start(), told.tell(Progressed, activity="features", done=5, total=20)
    )
    desk.journey.run.announce_now()
    assert page.progress.label.text() == "Looking at everything once · 5 of 20"
    assert (page.progress.bar.value(), page.progress.bar.maximum()) == (5, 20)


@pytest.mark.parametrize(("button", "request_"), [("pause", "pause"), ("stop", "stop")])
def test_request_is_confirmed_at_once(train, desk, engines, button, request_):
    train()
    page = desk.page("run")
    getattr(page, button).click()
    assert engines.running[-1].requests == [request_]
    assert not page.pause.isVisible()
    assert not page.stop.isVisible()


def test_paused_run_can_be_continued(train, desk, engines, qtbot):
    told = train()
    engines.running[-1].say(told.stop("paused"))
    engines.running[-1].end()
    page = desk.page("run")
    assert page.title.text() == "Paused: 90 % so far"
    with qtbot.waitSignal(desk.journey.run.opened, timeout=5000):
        page.resume.click()
    assert engines.jobs[-1].kind == "train"
    assert desk.journey.run.is_training


def test_failure_is_told_in_place_with_details_to_copy(train, desk, engines):
    told = train()
    engines.running[-1].say(told.fail("out_of_memory", batch_size=32))
    engines.running[-1].end()
    page = desk.page("run")
    assert "smaller batch size than 32" in page.failure.text.text()
    page.failure.copy.click()
    assert "Traceback" in QGuiApplication.clipboard().text()
    assert page.resume.isVisible()


def test_discarded_run_comes_back_with_one_click(train, desk, engines, qtbot):
    train()
    page = desk.page("run")
    run = desk.journey.run.run
    page.discard.click()
    engines.running[-1].end()
    assert page.trashed.isVisible()
    assert not run.path.exists()
    with qtbot.waitSignal(desk.journey.run.opened, timeout=5000):
        page.undo.click()
    assert run.path.is_dir()
    assert not page.trashed.isVisible()


def test_result_is_one_click_away(open_result, desk):
    open_result()
    desk.journey.go_to("run")
    page = desk.page("run")
    assert page.title.text().startswith("Finished: right on 93 %")
    page.see_result.click()
    assert desk.journey.stage == "result"


@pytest.mark.parametrize("name", ["plot.svg", "plot.png"])
def test_plot_can_be_kept(train, desk, answers, tmp_path, name):
    train()
    answers.path = str(tmp_path / name)
    desk.page("run").plot.save_requested.emit()
    assert (tmp_path / name).stat().st_size > 1000
    answers.path = ""
    desk.page("run").plot.save_requested.emit()


def test_plot_can_be_copied(train, desk):
    train()
    QGuiApplication.clipboard().clear()
    plot = desk.page("run").plot
    plot._show_menu(QPoint(5, 5))
    (menu,) = plot.findChildren(QMenu)
    copy, save = menu.actions()
    assert (copy.text(), save.text()) == ("Copy plot", "Save plot…")
    copy.trigger()
    assert not QGuiApplication.clipboard().pixmap().isNull()
    menu.close()


@pytest.fixture
def thaw(train, desk, engines):
    """Let one group after another thaw; returns what was told so far."""
    told = train()

    def go(count: int) -> Story:
        for number in range(1, count + 1):
            groups = (False,) * (9 - number) + (True,) * (number + 1)
            told.phase("thaw", 1 + number, epochs=1, trained_groups=groups)
        engines.running[-1].say(*told.events)
        desk.journey.run.announce_now()
        return told

    return go


def names_in(plot) -> list[str]:
    return [item.toPlainText() for _, item in plot._bands if hasattr(item, "toPlainText")]


def test_many_short_phases_alike_share_one_name(thaw, drawn):
    thaw(7)
    assert names_in(drawn()) == ["last layer only", "everything, slowly", "one group after another"]


def test_layer_groups_thaw_before_ones_eyes(thaw, desk, qtbot):
    page = desk.page("run")
    thaw(1)
    thaw(2)
    assert [block.mark for block in page.groups.blocks[-3:]] == ["trained"] * 3
    assert "2 of 9 groups" in page.groups_note.text()
    if page.groups.fade.state() == page.groups.fade.State.Running:
        with qtbot.waitSignal(page.groups.fade.finished, timeout=5000):
            page.groups.grab()


def test_added_weights_are_drawn_on_the_run_page(scan, desk, engines):
    scan()
    desk.journey.dataset.accept()
    desk.journey.plan.choose_strategy("lora")
    desk.journey.plan.train()
    told = Story()
    told.start()
    told.phase("low_rank", 1, trained_groups=(True,) * 10)
    engines.running[-1].say(*told.events)
    desk.journey.run.announce_now()
    marks = [block.mark for block in desk.page("run").groups.blocks]
    assert marks == ["beside"] * 9 + ["trained"]
