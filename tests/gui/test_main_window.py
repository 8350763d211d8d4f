import pytest
from PySide6.QtCore import QEvent, QMimeData, QObject, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDropEvent

from tlgui.viewmodels.journey import STAGES

BUTTON, KEYS = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier


def urls(*paths: str) -> QMimeData:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(path) for path in paths])
    return data


def test_folder_can_be_dropped_anywhere(desk, engines, qtbot):
    data = urls("/data/trees")
    entering = QDragEnterEvent(QPoint(5, 5), Qt.DropAction.CopyAction, data, BUTTON, KEYS)
    entering.ignore()
    desk.window.dragEnterEvent(entering)
    assert entering.isAccepted()
    area = desk.page("start").drop
    assert area.property("hover")
    desk.window.dragLeaveEvent(QDragLeaveEvent())
    assert not area.property("hover")
    desk.window.dropEvent(QDropEvent(QPointF(5, 5), Qt.DropAction.CopyAction, data, BUTTON, KEYS))
    qtbot.waitUntil(lambda: bool(engines.jobs))
    assert engines.jobs[0].source == "/data/trees"


def test_text_is_no_folder(desk):
    data = QMimeData()
    data.setText("hello")
    entering = QDragEnterEvent(QPoint(5, 5), Qt.DropAction.CopyAction, data, BUTTON, KEYS)
    entering.ignore()
    desk.window.dragEnterEvent(entering)
    assert not entering.isAccepted()


def test_stages_are_clicked_where_there_is_something_to_see(desk, scan):
    stages = desk.window.sidebar.stages
    assert not stages["data"].isEnabled()
    scan()
    desk.journey.dataset.accept()
    assert stages["plan"].isChecked()
    assert stages["data"].is_done
    stages["data"].click()
    assert desk.journey.stage == "data"
    assert stages["data"].isChecked()
    assert not stages["plan"].isChecked()
    desk.window.sidebar.new.click()
    assert desk.journey.stage == "start"


def test_recent_runs_open_with_a_click(desk, make_run, story, qtbot):
    story.start()
    story.epoch(1)
    make_run("trees-1", story)
    desk.journey.refresh_runs()
    (button,) = desk.window.sidebar.run_buttons
    assert button.accessibleName() == "trees-1, interrupted · today"
    with qtbot.waitSignal(desk.journey.run.opened, timeout=5000):
        button.click()
    assert desk.journey.run.name == "trees-1"
    assert desk.page("run").resume.isVisible()


@pytest.mark.parametrize("stage", STAGES[1:])
def test_stages_have_keys(desk, open_result, scan, qtbot, stage):
    scan()
    desk.journey.dataset.accept()
    open_result()
    number = STAGES.index(stage)
    qtbot.keyClick(
        desk.window, getattr(Qt.Key, f"Key_{number}"), Qt.KeyboardModifier.ControlModifier
    )
    assert desk.journey.stage == stage


def test_folder_dialog_has_its_usual_key(desk, engines, answers, qtbot):
    answers.path = "/data/trees"
    qtbot.keyClick(desk.window, Qt.Key.Key_O, Qt.KeyboardModifier.ControlModifier)
    assert engines.jobs[0].source == "/data/trees"


def test_help_has_its_usual_key(desk, qtbot):
    qtbot.keyClick(desk.window, Qt.Key.Key_F1)
    assert desk.window.help.isVisible()
    desk.window.show_help()
    desk.window.help.close()


def test_discarding_is_undone_with_the_usual_key(desk, make_run, story, qtbot):
    run = make_run("trees-1", story)
    with qtbot.waitSignal(desk.journey.run.opened, timeout=5000):
        desk.journey.open_run(run)
    desk.journey.run.discard()
    with qtbot.waitSignal(desk.journey.run.opened, timeout=5000):
        qtbot.keyClick(desk.window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert run.path.is_dir()


def test_closing_while_training_asks_in_place(desk, train, engines, qtbot):
    train()
    desk.window.close()
    assert desk.window.isVisible()
    assert desk.window.closing.isVisible()
    desk.window.keep_going.click()
    assert not desk.window.closing.isVisible()
    assert engines.running[-1].requests == []
    desk.window.close()
    with qtbot.waitSignal(desk.shutdown.closed, timeout=1000):
        desk.window.pause_and_close.click()
        assert not desk.window.isVisible(), "saving must not look like a frozen window"
        assert engines.running[-1].requests == ["pause"]
        engines.running[-1].end()


def test_idle_window_closes_and_remembers_its_place(desk, qtbot):
    with qtbot.waitSignal(desk.shutdown.closed, timeout=1000):
        desk.window.close()
    assert desk.appearance.settings.window_geometry
    assert desk.window.close()


def test_window_opens_where_it_was(desk):
    desk.window.resize(900, 600)
    desk.window.close()
    desk.window.resize(900, 560)
    desk.window._restore_geometry()
    assert desk.window.size().toTuple() == (900, 600)


def test_first_window_fits_the_screen_with_its_title_bar(desk):
    window = desk.window
    window._restore_geometry()
    assert window.height() + 30 <= window.screen().availableSize().height()


def test_pages_are_built_in_idle_time(desk, qtbot):
    with qtbot.waitSignal(desk.window.prepared):
        desk.window.prepare_pages()
    assert desk.window.pages.count() == len(STAGES)


class ShownWindows(QObject):
    """Remembers every window that appears, however briefly."""

    def __init__(self) -> None:
        super().__init__()
        self.windows: list[str] = []

    def eventFilter(self, watched, event):
        if event.type() == QEvent.Type.Show and watched.isWidgetType() and watched.isWindow():
            self.windows.append(type(watched).__name__)
        return False


def test_no_other_window_flashes_up_while_pages_are_built(desk, qapp, train, open_result):
    shown = ShownWindows()
    qapp.installEventFilter(shown)
    train()
    for stage in STAGES:
        desk.window.pages.show_stage(stage)
    open_result()
    qapp.removeEventFilter(shown)
    assert shown.windows == []


def test_colors_can_be_chosen(desk):
    box = desk.window.sidebar.colors
    box.setCurrentIndex(box.findData("dark"))
    box.activated.emit(box.currentIndex())
    assert desk.appearance.settings.theme == "dark"
