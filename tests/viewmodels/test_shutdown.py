import pytest

from tlgui.viewmodels.answering import AnsweringViewModel
from tlgui.viewmodels.dataset import DatasetViewModel
from tlgui.viewmodels.run import RunViewModel
from tlgui.viewmodels.shutdown import ShutdownViewModel


@pytest.fixture
def run(engines, app_home) -> RunViewModel:
    return RunViewModel(engines, app_home)


@pytest.fixture
def scan(engines, app_home) -> DatasetViewModel:
    return DatasetViewModel(engines, app_home)


@pytest.fixture
def answering(engines, app_home) -> AnsweringViewModel:
    return AnsweringViewModel(engines, app_home)


@pytest.fixture
def viewmodel(run, scan, answering) -> ShutdownViewModel:
    return ShutdownViewModel(run, (scan,), (answering,))


def test_idle_window_closes_at_once(viewmodel, qtbot):
    with qtbot.waitSignal(viewmodel.closed, timeout=1000):
        viewmodel.request_close()
    assert viewmodel.step == "closed"


def test_training_is_never_ended_without_asking(viewmodel, run, make_run, engines, qtbot):
    run.start(make_run())
    with qtbot.assertNotEmitted(viewmodel.closed):
        viewmodel.request_close()
    assert viewmodel.step == "asking"
    assert engines.running[0].requests == []
    viewmodel.keep_going()
    assert viewmodel.step == "open"


def test_training_is_paused_and_saved_before_the_window_goes(
    viewmodel, run, make_run, engines, qtbot
):
    run.start(make_run())
    viewmodel.request_close()
    viewmodel.pause_and_close()
    assert engines.running[0].requests == ["pause"]
    assert viewmodel.step == "waiting"
    viewmodel.request_close()
    assert viewmodel.step == "waiting", "a second click must not ask again"
    with qtbot.waitSignal(viewmodel.closed, timeout=1000):
        engines.running[0].end()


def test_question_goes_away_when_training_ends_by_itself(viewmodel, run, make_run, engines):
    run.start(make_run())
    viewmodel.request_close()
    engines.running[0].end()
    assert viewmodel.step == "open"


def test_scan_is_cancelled_without_a_question(viewmodel, scan, engines, qtbot):
    scan.open_source("/data")
    viewmodel.request_close()
    assert viewmodel.step == "waiting"
    assert engines.running[0].requests == ["stop"]
    with qtbot.waitSignal(viewmodel.closed, timeout=1000):
        engines.running[0].end()


def test_window_waits_for_everything(viewmodel, run, scan, make_run, engines, qtbot):
    run.start(make_run())
    scan.open_source("/data")
    viewmodel.request_close()
    viewmodel.pause_and_close()
    with qtbot.assertNotEmitted(viewmodel.closed):
        engines.running[1].end()
    with qtbot.waitSignal(viewmodel.closed, timeout=1000):
        engines.running[0].end()


def test_end_of_a_scan_disturbs_no_question(viewmodel, run, scan, make_run, engines):
    run.start(make_run())
    scan.open_source("/data")
    viewmodel.request_close()
    engines.running[1].end()
    assert viewmodel.step == "asking"


def test_model_that_answers_is_neither_asked_about_nor_waited_for(
    viewmodel, answering, make_run, engines, qtbot
):
    answering.open(make_run())
    with qtbot.waitSignal(viewmodel.closed, timeout=1000):
        viewmodel.request_close()
    assert engines.running[0].requests == ["stop"]
