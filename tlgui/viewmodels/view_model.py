"""What every view-model shares: one throttled ``changed`` signal."""

from typing import Final

from PySide6.QtCore import QObject, QTimer, Signal

REFRESH_MS: Final = 66  # 15 times per second is smooth and leaves the window idle


class ViewModel(QObject):
    """Announces at most one change per refresh interval."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._refresh_timer = QTimer(self, singleShot=True, interval=REFRESH_MS)
        self._refresh_timer.timeout.connect(self.changed)

    def announce(self) -> None:
        """Announce a change soon; for what the engine does, many times per second."""
        if not self._refresh_timer.isActive():
            self._refresh_timer.start()

    def announce_now(self) -> None:
        """Announce a change at once; for what a person does."""
        self._refresh_timer.stop()
        self.changed.emit()
