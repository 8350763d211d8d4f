"""Python's search for garbage, kept in the window's thread and out of people's way."""

import gc

from PySide6.QtCore import QObject, QTimer

INTERVAL_MS = 1_000


class GarbageCollector(QObject):
    """Looks for garbage once in a while, in the thread that made it.

    Python by itself looks in whatever thread happens to ask for memory, so that the thread behind
    an engine could destroy a widget, whose timers only the window's thread may stop.
    """

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._timer = QTimer(self, interval=INTERVAL_MS)
        self._timer.timeout.connect(self.collect)

    def start(self) -> None:
        """Take over; what lives by now lives as long as the window and is not looked at again.

        To look through all of that took 28 ms.
        """
        gc.disable()
        gc.freeze()
        self._timer.start()

    def collect(self) -> None:
        """Look through the oldest generation that is due, if any is."""
        due = zip(gc.get_count(), gc.get_threshold(), strict=True)
        generations = [n for n, (count, threshold) in enumerate(due) if count > threshold]
        if generations:
            gc.collect(generations[-1])
