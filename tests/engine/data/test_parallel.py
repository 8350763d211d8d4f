import threading

import pytest

from tlgui.engine.data.parallel import map_ahead, usable_cores


def test_results_come_in_the_order_of_the_items_however_long_each_takes():
    late = threading.Event()

    def square(number: int) -> int:
        if number == 0 and usable_cores() > 1:
            late.wait(5)  # the first ends last
        late.set()
        return number * number

    assert list(map_ahead(square, range(20), num_ahead=8)) == [n * n for n in range(20)]


def test_a_huge_folder_is_never_in_memory_at_once():
    taken = []

    def items():
        for number in range(1000):
            taken.append(number)
            yield number

    results = map_ahead(str, items(), num_ahead=5)
    for used in range(1, 50):
        next(results)
        assert len(taken) <= used + 5
    results.close()
    assert len(taken) < 60


def test_an_error_is_raised_at_the_turn_of_its_item_and_the_results_before_are_not_lost():
    results = map_ahead(lambda n: 1 // (3 - n), range(10), num_ahead=10)
    got = [next(results) for _ in range(3)]
    with pytest.raises(ZeroDivisionError):
        next(results)
    assert got == [0, 0, 1]


def test_leaving_early_leaves_no_thread_behind():
    results = map_ahead(str, range(100), num_ahead=4)
    next(results)
    results.close()
    assert not [t for t in threading.enumerate() if t.name.startswith("data")]


def test_what_is_at_hand_wakes_no_thread_and_keeps_its_place():
    computed = []

    def work(number: int) -> int:
        computed.append(number)
        return number

    results = map_ahead(work, range(20), 3, lambda number: number if number % 5 else None)

    assert list(results) == [*range(20)]
    assert sorted(computed) == [0, 5, 10, 15]
