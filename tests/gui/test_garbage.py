import gc
import threading
import weakref

import pytest
from PySide6.QtCore import QObject

from tlgui.gui.garbage import GarbageCollector


@pytest.fixture
def collector(qapp):
    thresholds = gc.get_threshold()
    owner = QObject()
    collector = GarbageCollector(owner)
    collector.start()
    yield collector
    gc.unfreeze()
    gc.set_threshold(*thresholds)
    gc.enable()


class Loop:
    """Can only be found by the search for garbage."""

    def __init__(self, ended):
        self.myself = self
        weakref.finalize(self, lambda: ended.append(threading.current_thread()))


def test_window_s_things_never_die_in_the_thread_behind_an_engine(collector):
    ended = []
    gc.set_threshold(10, 10, 10)
    Loop(ended)
    other = threading.Thread(target=lambda: [[n] for n in range(10_000)])
    other.start()
    other.join()
    assert ended == []
    collector.collect()
    assert ended == [threading.main_thread()]


def test_nothing_is_searched_while_little_is_new(collector, monkeypatch):
    searched = []
    gc.collect()
    monkeypatch.setattr(gc, "collect", searched.append)
    gc.set_threshold(10_000, 10, 10)
    collector.collect()
    assert searched == []


def test_oldest_generation_that_is_due_is_searched(collector, monkeypatch):
    searched = []
    monkeypatch.setattr(gc, "collect", searched.append)
    monkeypatch.setattr(gc, "get_count", lambda: (900, 12, 3))
    gc.set_threshold(700, 10, 10)
    collector.collect()
    assert searched == [1]
