from tlgui.core.dataset import Problem
from tlgui.engine.data.problem_list import MAX_TOLD, ProblemList


def test_few_lines_tell_of_many_files_and_none_is_left_uncounted():
    found = ProblemList()
    told = 0
    for number in range(3000):
        path = f"{number}.png"
        told += found.add(Problem(code="file_unreadable", path=path, reason="empty"))
        told += found.add(Problem(code="first_frame_only", path=path, count=7))
        assert not found.add(Problem(code="label_missing", path=path))
    assert told == 2 * MAX_TOLD
    first = f"{MAX_TOLD}.png"
    assert list(found.rest()) == [
        Problem(code="label_missing", path="0.png", count=3000),
        Problem(code="file_unreadable", path=first, reason="empty", count=3000 - MAX_TOLD),
        Problem(code="first_frames_only", path=first, count=3000 - MAX_TOLD),
    ]
    assert len(found.problems()) == 2 * MAX_TOLD + 3


def test_nothing_is_told_where_nothing_is_wrong():
    assert ProblemList().problems() == []
