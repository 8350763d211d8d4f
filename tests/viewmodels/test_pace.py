import pytest

from tlgui.core.events import Progressed
from tlgui.viewmodels.pace import Pace


def progressed(time_s: float, done: int, activity: str = "reading") -> Progressed:
    return Progressed(seq=1, time_s=time_s, activity=activity, done=done, total=100)


def test_rate_and_time_left_follow_from_progress():
    pace = Pace().after(progressed(0, 10)).after(progressed(2, 30))
    assert pace.rate == pytest.approx(10)
    assert pace.left_s == pytest.approx(7)


def test_no_rate_is_claimed_from_the_first_moment():
    pace = Pace().after(progressed(0, 10)).after(progressed(0.5, 30))
    assert pace.rate is None
    assert pace.left_s is None


def test_work_that_does_not_move_has_no_rate():
    assert Pace().after(progressed(0, 10)).after(progressed(9, 10)).rate is None


@pytest.mark.parametrize("later", [progressed(9, 5), progressed(9, 50, "solving")])
def test_other_or_repeated_work_is_measured_anew(later):
    pace = Pace().after(progressed(0, 10)).after(progressed(2, 30)).after(later)
    assert pace.rate is None
