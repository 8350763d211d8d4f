"""Start-up of the window, and its stalls while a real engine trains.

A timer beats every 5 ms in the window's thread; the gap between two beats is how long the window
could not answer. Runs on whatever display Qt is given (QT_QPA_PLATFORM=offscreen without one).
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).parents[1]
EXAMPLE = ROOT / "resources" / "examples" / "pictures"
BEAT_MS = 5
STALL_MS = 50
NUM_STARTS = 5
IDLE_S = 5

BARE = """
from PySide6.QtWidgets import QApplication, QMainWindow
application = QApplication([])
window = QMainWindow()
"""
TLGUI = """
import os
from pathlib import Path
from PySide6.QtWidgets import QApplication
from tlgui.app import Desk
from tlgui.core.settings import application_home
from tlgui.gui.dialogs import Dialogs
from tlgui.jobs.standby import Engines
application = QApplication([])
home = application_home(os.environ)
window = Desk(application, home, Engines(home), Dialogs()).window
"""
UNTIL_PAINTED = """
import sys, time
import psutil
from PySide6.QtCore import QEvent, QObject
class Watch(QObject):
    def eventFilter(self, watched, event):
        if event.type() == QEvent.Type.Paint:
            sys.stdout.write(str(time.time() - psutil.Process().create_time()))
            sys.stdout.flush()
            os._exit(0)
        return False
import os
watch = Watch()
window.installEventFilter(watch)
window.show()
application.exec()
"""


def main() -> None:
    """Print both measurements."""
    with tempfile.TemporaryDirectory() as home:
        os.environ["TLGUI_HOME"] = home
        bare, full = (_seconds_to_window(code) for code in (BARE, TLGUI))
        print(f"window painted after {full:.2f} s, a bare Qt window after {bare:.2f} s")
        print(f"  ratio {full / bare:.1f}, median of {NUM_STARTS} starts each")
        _measure_stalls()


def _seconds_to_window(code: str) -> float:
    command = [sys.executable, "-c", code + UNTIL_PAINTED]
    times = [
        float(subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout)
        for _ in range(NUM_STARTS)
    ]
    return statistics.median(times)


class Heartbeat:
    """Remembers the gaps between the beats of a timer, in milliseconds."""

    def __init__(self) -> None:
        from PySide6.QtCore import QTimer

        self._timer = QTimer(interval=BEAT_MS)
        self._timer.timeout.connect(self._beat)
        self._timer.start()
        self.restart()

    def restart(self) -> None:
        """Forget everything so far."""
        self.gaps: list[float] = []
        self._last_s = time.perf_counter()

    def report(self, what: str) -> None:
        """Print what the gaps were, and forget them."""
        stalls = [gap for gap in self.gaps if gap > STALL_MS]
        print(
            f"{what}: {len(self.gaps)} beats, longest gap {max(self.gaps):.0f} ms, "
            f"99 % under {self._percentile(0.99):.0f} ms, 99.9 % under "
            f"{self._percentile(0.999):.0f} ms, "
            f"{len(stalls)} stalls over {STALL_MS} ms"
        )
        self.restart()

    def _percentile(self, share: float) -> float:
        return sorted(self.gaps)[int(len(self.gaps) * share)]

    def _beat(self) -> None:
        now_s = time.perf_counter()
        self.gaps.append((now_s - self._last_s) * 1000)
        self._last_s = now_s


def _measure_stalls() -> None:
    from PySide6.QtWidgets import QApplication

    from tlgui.app import Desk
    from tlgui.core.settings import application_home
    from tlgui.gui.dialogs import Dialogs
    from tlgui.gui.garbage import GarbageCollector
    from tlgui.jobs.standby import Engines

    application = QApplication([])
    home = application_home(os.environ)
    engines = Engines(home)
    desk = Desk(application, home, engines, Dialogs())
    desk.window.prepared.connect(GarbageCollector(desk.window).start)
    journey = desk.journey
    desk.open([])
    _run_until(lambda: desk.device.device is not None)
    heartbeat = Heartbeat()
    start_s = time.perf_counter()
    _run_until(lambda: time.perf_counter() - start_s > IDLE_S)
    heartbeat.report("idle")
    journey.open_source(str(EXAMPLE))
    _run_until(lambda: journey.dataset.is_usable)
    heartbeat.report("scanning")
    journey.dataset.accept()
    journey.plan.choose_strategy("head_then_all")
    journey.plan.change_setting("epochs", "3")
    heartbeat.restart()
    journey.plan.train()
    _run_until(lambda: journey.run.status == "finished")
    heartbeat.report("while the engine trains")
    engines.shut_down()


def _run_until(condition: Callable[[], bool]) -> None:
    from PySide6.QtCore import QEventLoop, QTimer

    loop = QEventLoop()
    timer = QTimer(interval=50)
    timer.timeout.connect(lambda: loop.quit() if condition() else None)
    timer.start()
    loop.exec()


if __name__ == "__main__":
    main()
