"""What people read on a terminal of what the engine tells."""

from rich.progress import Progress

from tlgui.console import RateColumn


def test_rate_stands_beside_the_bar_once_it_is_known():
    clock = iter((0.0, 0.0, 1.0, 2.0)).__next__
    progress = Progress(RateColumn(), get_time=clock, disable=True)
    progress.add_task("", total=100)
    [task] = progress.tasks
    assert RateColumn().render(task).plain == ""
    progress.update(task.id, completed=10)
    progress.update(task.id, completed=50)
    assert RateColumn().render(task).plain == "40/s"
