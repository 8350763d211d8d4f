"""Long work of the window in slices, so that it never stalls."""

import time
from collections.abc import Iterator
from typing import Final

from PySide6.QtCore import QObject, QTimer, Signal, Slot

SLICE_S: Final = 0.010


class SlicedWork(QObject):
    """Runs an iterator to its end, some milliseconds per turn of the event loop."""

    finished = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._work: Iterator[object] = iter(())
        self._timer = QTimer(self, interval=0)
        self._timer.timeout.connect(self._on_turn)

    @property
    def is_running(self) -> bool:
        """Whether there is work left."""
        return self._timer.isActive()

    def start(self, work: Iterator[object]) -> None:
        """Take up new work and drop what was left of the old."""
        self._work = work
        self._timer.start()

    def stop(self) -> None:
        """Drop what is left; ``finished`` will not come."""
        self._timer.stop()
        self._work = iter(())

    @Slot()
    def _on_turn(self) -> None:
        end_s = time.perf_counter() + SLICE_S
        for _ in self._work:
            if time.perf_counter() > end_s:
                return
        self._timer.stop()
        self.finished.emit()
