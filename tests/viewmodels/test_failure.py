from tlgui.core.errors import TlguiError
from tlgui.viewmodels.failure import failure_of_error, failure_of_event


def test_failure_says_what_to_do_and_keeps_everything_for_a_report(story):
    failure = failure_of_event(story.fail("disk_full", path="/data/run"))
    assert failure.code == "disk_full"
    assert "/data/run" in failure.sentence
    assert "Free some space" in failure.sentence
    for part in (failure.sentence, "disk_full", '"/data/run"', "Traceback"):
        assert part in failure.details


def test_failure_of_the_window_itself_needs_no_traceback():
    failure = failure_of_error(TlguiError("run_missing", path="/nowhere"))
    assert failure.sentence.startswith("There is no run in /nowhere.")
    assert not failure.details.endswith("\n")
