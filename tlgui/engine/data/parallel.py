"""Work on many files at once, in order and within bounded memory."""

import os
from collections import deque
from collections.abc import Callable, Generator, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")


def usable_cores() -> int:
    """Return the number of cores this process may use, at least 1."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def map_ahead(
    function: Callable[[Item], Result],
    items: Iterable[Item],
    num_ahead: int,
    at_hand: Callable[[Item], Result | None] | None = None,
) -> Generator[Result, None, None]:
    """Yield ``function(item)`` in the order of the items, computed by a thread per core.

    Args:
        function: Called in another thread; what it raises is raised here, at its turn.
        items: Taken one by one, never more than ``num_ahead`` before their result is used.
        num_ahead: Results that may wait, at least 1.
        at_hand: Returns what is known without work, or None; to wake a thread takes longer.

    Closing the generator drops what has not begun and waits for what has.
    """
    waiting: deque[Future[Result]] = deque()
    with ThreadPoolExecutor(usable_cores(), thread_name_prefix="data") as pool:
        try:
            for item in items:
                known = at_hand(item) if at_hand else None
                waiting.append(pool.submit(function, item) if known is None else _done(known))
                if len(waiting) >= num_ahead:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            for future in waiting:
                future.cancel()


def _done(result: Result) -> Future[Result]:
    future: Future[Result] = Future()
    future.set_result(result)
    return future
