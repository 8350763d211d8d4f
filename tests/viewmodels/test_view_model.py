from tlgui.viewmodels.view_model import REFRESH_MS, ViewModel


def test_many_events_redraw_the_window_once(qtbot, changes):
    viewmodel = ViewModel()
    seen = changes(viewmodel)
    with qtbot.waitSignal(viewmodel.changed, timeout=10 * REFRESH_MS):
        for _ in range(1000):
            viewmodel.announce()
    assert len(seen) == 1


def test_a_click_is_answered_at_once_and_only_once(qtbot, changes):
    viewmodel = ViewModel()
    seen = changes(viewmodel)
    viewmodel.announce()
    viewmodel.announce_now()
    assert len(seen) == 1
    assert not viewmodel._refresh_timer.isActive()
