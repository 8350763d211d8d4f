import pytest

from tlgui.core.errors import TlguiError
from tlgui.core.events import Progressed
from tlgui.core.job import ScanJob
from tlgui.viewmodels.job_view_model import JobViewModel

JOB = ScanJob(folder="/jobs/scan-1", requested_s=1.0, source="/data")


@pytest.fixture
def viewmodel(engines) -> JobViewModel:
    return JobViewModel(engines)


def test_progress_is_shown_while_the_job_runs_and_gone_afterwards(viewmodel, engines, story):
    assert viewmodel.start_job(JOB)
    engines.running[0].say(story.tell(Progressed, activity="reading", done=3, total=9))
    assert viewmodel.is_busy
    assert viewmodel.progress.done == 3
    engines.running[0].end()
    assert not viewmodel.is_busy
    assert viewmodel.progress is None


def test_end_of_the_job_is_announced(viewmodel, engines, qtbot):
    viewmodel.start_job(JOB)
    with qtbot.waitSignal(viewmodel.job_ended, timeout=1000):
        engines.running[0].end()


def test_failure_is_shown_in_place(viewmodel, engines, story):
    viewmodel.start_job(JOB)
    engines.running[0].say(story.fail())
    assert viewmodel.failure.code == "disk_full"
    viewmodel.start_job(JOB)
    assert viewmodel.failure is None, "an old error must not stand beside a new try"


def test_job_that_cannot_be_written_says_why(viewmodel, engines):
    engines.error = TlguiError("folder_not_writable", path="/jobs", reason="full")
    assert not viewmodel.start_job(JOB)
    assert viewmodel.failure.code == "folder_not_writable"
    assert not viewmodel.is_busy


def test_new_job_silences_the_old_one(viewmodel, engines, story):
    viewmodel.start_job(JOB)
    viewmodel.start_job(JOB)
    old, new = engines.running
    assert old.requests == ["stop"]
    old.say(story.fail())
    old.end()
    assert viewmodel.failure is None
    assert viewmodel.is_busy
    new.end()
    assert not viewmodel.is_busy


def test_cancel_without_a_job_is_harmless(viewmodel, engines):
    viewmodel.cancel()
    viewmodel.start_job(JOB)
    viewmodel.cancel()
    assert engines.running[0].requests == ["stop"]


def test_time_comes_from_the_clock(engines):
    assert JobViewModel(engines, clock=lambda: 42.0).now() == 42.0
