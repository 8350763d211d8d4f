import itertools
import time

from tlgui.viewmodels.slices import SLICE_S, SlicedWork


def test_long_work_leaves_the_window_its_turns(qtbot):
    done = []

    def work():
        for number in range(6):
            until = time.perf_counter() + SLICE_S * 0.6
            while time.perf_counter() < until:
                pass
            done.append(number)
            yield

    sliced = SlicedWork()
    turns = []
    with qtbot.waitSignal(sliced.finished, timeout=5000):
        sliced.start(work())
        sliced._timer.timeout.connect(lambda: turns.append(len(done)))
    assert done == [0, 1, 2, 3, 4, 5]
    assert len(turns) >= 3
    assert not sliced.is_running


def test_dropped_work_is_never_heard_of_again(qtbot):
    sliced = SlicedWork()
    sliced.start(itertools.repeat(None))
    assert sliced.is_running
    with qtbot.assertNotEmitted(sliced.finished, wait=20):
        sliced.stop()
    assert not sliced.is_running
