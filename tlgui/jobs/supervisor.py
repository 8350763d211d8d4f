"""The one thread behind an engine process: events in, requests out, and how it ended."""

import logging
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO, Final, cast

from PySide6.QtCore import QThread, Signal, Slot

from tlgui.core.errors import TlguiError
from tlgui.core.events import DeviceReported, Event, Progressed, RunFailed, from_json
from tlgui.core.records import json_text
from tlgui.core.run_folder import ENGINE_LOG, EVENTS, read_events
from tlgui.jobs.launch import STANDBY, start_engine
from tlgui.jobs.outcome import Outcome, describe_exit

log = logging.getLogger(__name__)

GRACE_S: Final = 30.0  # to finish a batch and write a checkpoint
EXIT_GRACE_S: Final = 10.0  # from the last event to the end of the process
TERMINATE_GRACE_S: Final = 3.0
SAVING_NOTHING_GRACE_S: Final = 1.0
LOG_TAIL_BYTES: Final = 8_000


class Supervisor(QThread):
    """Starts one engine, relays what it says and passes requests on.

    Without a job file the engine warms up, reports its device and waits until ``assign`` gives it
    one; until then nothing it does disturbs anybody. A QThread that is destroyed while it runs
    aborts the whole process: keep a reference until ``ended``, or call ``shut_down``.

    ``event_received`` and ``ended`` are emitted in the thread that made the supervisor, and only
    once control is back in its event loop: whoever connects right after ``start`` or ``assign``
    misses nothing.
    """

    event_received = Signal(object)  # Event of the job
    device_reported = Signal(object)  # DeviceReported of an engine that has warmed up
    ended = Signal(object)  # Outcome; exactly once, after the last event

    _heard = Signal(object)

    def __init__(
        self,
        command: Sequence[str],
        environment: Mapping[str, str],
        *,
        job_file: Path | None = None,
        log_file: Path | None = None,
        grace_s: float = GRACE_S,
    ) -> None:
        """Prepare; ``start`` starts.

        Args:
            command: Command line of an engine, see ``engine_command``.
            environment: See ``engine_environment``.
            job_file: The job, or None for an engine that waits for one.
            log_file: Takes the engine's stderr; by default the job folder's ``engine.log``.
            grace_s: Time to fulfill a request, from the request or the last progress.
        """
        super().__init__()
        if log_file is None and job_file is not None:
            log_file = job_file.parent / ENGINE_LOG
        self._command = command
        self._argument = STANDBY if job_file is None else str(job_file)
        self._environment = environment
        self._job_file = job_file
        self._log_file = log_file or Path(os.devnull)
        self._grace_s = grace_s
        self._saves = True
        self._lock = threading.Lock()  # guards what follows
        self._process: subprocess.Popen[bytes] | None = None
        self._unsaid: list[str] = []
        self._patience: threading.Timer | None = None
        self._forced = ""
        self._warm = False
        self._over = False
        # touched by the thread alone
        self._seq = 0
        self._job_ended = False
        self._outcome = Outcome(exit_code=None, ended_cleanly=False, words="never started")
        self._heard.connect(self._on_heard)
        self.finished.connect(self._on_finished)

    def assign(self, job_file: Path) -> bool:
        """Give a warm engine its job; False if it is not warm yet, busy or no longer there."""
        with self._lock:
            if not self._warm or self._over:
                return False
            # before it is told: its answer may be here before this thread goes on
            self._warm, self._job_file = False, job_file
            if not self._say(str(job_file)):
                self._job_file = None
            return self._job_file is not None

    def request_stop(self) -> None:
        """Ask for the best so far; force follows after the grace period. Never blocks."""
        self._request("stop")

    def request_pause(self) -> None:
        """Ask to save and end; force follows after the grace period. Never blocks."""
        self._request("pause")

    def ask(self, question: int, text: str, /, **more: str) -> None:
        """Ask the engine of an ``AnswerJob`` about a text, with a number of the question.

        Or that of an ``ExplainJob``, which takes ``more``. Never blocks as long as it all fits
        into a pipe, which 10,000 characters do everywhere.
        """
        sayable = text.encode("utf-8", "replace").decode()  # half of a surrogate pair is not
        line = json_text({"question": question, "text": sayable, **more})
        with self._lock:
            if self._job_file is not None and not self._over:
                self._say(f"ask {line}")

    def save_nothing(self) -> None:
        """Note that the job leaves nothing behind, so that nobody has to wait for its end."""
        self._grace_s = min(self._grace_s, SAVING_NOTHING_GRACE_S)
        self._saves = False

    def kill(self, why: str = "ended by force") -> None:
        """End the engine and what it started, at once. Never blocks."""
        with self._lock:
            self._forced = self._forced or why
            self._signal("SIGKILL")

    def request_shut_down(self) -> None:
        """Ask a working engine to save and end; an idle one just ends. Never blocks."""
        if self._job_file is None or not self._saves:
            self.kill()
        else:
            self.request_pause()

    def shut_down(self) -> None:
        """End the engine and wait for it, for little more than the grace period at worst."""
        self.request_shut_down()
        self.wait()

    def run(self) -> None:
        """Start the engine, relay its events, and find out how it ended."""
        try:
            process = start_engine(self._command, self._argument, self._environment, self._log_file)
        except OSError as error:
            self._conclude(None, f"could not be started: {error.strerror or error}")
            return
        self._attach(process)
        for line in cast(IO[bytes], process.stdout):
            if self._take_in(line):
                break
        self._conclude(*self._reap(process))

    @Slot(object)
    def _on_heard(self, event: Event) -> None:
        self.event_received.emit(event)

    @Slot()
    def _on_finished(self) -> None:
        self.ended.emit(self._outcome)

    def _attach(self, process: subprocess.Popen[bytes]) -> None:
        with self._lock:
            self._process = process
            for line in self._unsaid:
                self._say(line)
            if self._forced:
                self._signal("SIGKILL")

    def _take_in(self, line: bytes) -> bool:
        """Relay one line of the engine's stdout; True for the job's end."""
        try:
            event = from_json(line.decode())
        except ValueError:
            log.info("no event: %.200r", line)
            return False
        if event is None:
            return False
        if self._job_file is None:
            self._take_in_from_standby(event)
            return False
        if isinstance(event, Progressed):
            self._renew_patience()
        self._relay(event)
        return self._job_ended

    def _take_in_from_standby(self, event: Event) -> None:
        """The device is the last word of an engine before it waits for a job."""
        if isinstance(event, DeviceReported):
            with self._lock:
                self._warm = True
            self.device_reported.emit(event)

    def _relay(self, event: Event) -> None:
        self._seq = event.seq
        self._job_ended = event.ends_job
        self._heard.emit(event)

    def _request(self, word: str) -> None:
        with self._lock:
            if self._job_file is not None and not self._over:
                self._say(word)
                self._start_patience()

    def _say(self, line: str) -> bool:
        """Write to the engine's stdin, or keep it until there is one; the lock is held."""
        if self._process is None:
            self._unsaid.append(line)
            return True
        pipe = cast(IO[bytes], self._process.stdin)
        try:
            os.write(pipe.fileno(), line.encode("utf-8", "surrogateescape") + b"\n")
        except (OSError, ValueError):
            log.info("the engine is gone, so it was not told: %s", line)
            return False
        return True

    def _renew_patience(self) -> None:
        """Progress after a request is a sign of life: evaluating the best epoch takes time."""
        with self._lock:
            if self._patience is not None:
                self._start_patience()

    def _start_patience(self) -> None:
        if self._patience is not None:
            self._patience.cancel()
        self._patience = threading.Timer(self._grace_s, self._lose_patience)
        self._patience.daemon = True
        self._patience.start()

    def _lose_patience(self) -> None:
        with self._lock:
            self._forced = f"did not answer for {self._grace_s:g} s and was ended"
            self._signal("SIGTERM")
            process = self._process
        if process is None:
            return
        try:
            process.wait(TERMINATE_GRACE_S)
        except subprocess.TimeoutExpired:
            self.kill()

    def _signal(self, name: str) -> None:
        """Send a signal to the engine and its children; the lock is held."""
        process = self._process
        if process is None or process.poll() is not None:
            return
        if sys.platform == "win32":  # pragma: no cover
            process.kill()
        else:
            # it may have ended this moment, which macOS calls a lack of permission
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(process.pid, signal.Signals[name])

    def _reap(self, process: subprocess.Popen[bytes]) -> tuple[int, str]:
        """Wait for the end of the process; return its exit code and the words for it."""
        with self._lock:  # nobody may write to a file number that is taken over by another file
            cast(IO[bytes], process.stdin).close()
        try:
            exit_code = process.wait(EXIT_GRACE_S)
        except subprocess.TimeoutExpired:
            self.kill("did not end by itself")
            exit_code = process.wait()
        cast(IO[bytes], process.stdout).close()
        return exit_code, self._forced or describe_exit(exit_code)

    def _conclude(self, exit_code: int | None, words: str) -> None:
        with self._lock:
            self._over = True
            if self._patience is not None:
                self._patience.cancel()
        if self._job_file is not None:
            self._relay_the_rest(self._job_file.parent, words)
        self._outcome = Outcome(exit_code=exit_code, ended_cleanly=self._job_ended, words=words)

    def _relay_the_rest(self, folder: Path, words: str) -> None:
        """Relay what was written but no longer said, and a missing end."""
        if not self._job_ended:
            for event in _events_on_disk(folder):
                # before the first event was heard, those on the disk are of an earlier start
                if 0 < self._seq < event.seq:
                    self._relay(event)
        if not self._job_ended:
            last = max((event.seq for event in _events_on_disk(folder)), default=0)
            self._heard.emit(
                RunFailed(
                    seq=max(last, self._seq) + 1,
                    time_s=time.time(),
                    code="engine_died",
                    detail={"reason": words},
                    technical=_tail(folder / ENGINE_LOG) or _tail(self._log_file),
                )
            )


def _events_on_disk(folder: Path) -> list[Event]:
    try:
        return list(read_events(folder / EVENTS))
    except (TlguiError, OSError) as error:
        log.warning("the events of %s cannot be read: %s", folder, error)
        return []


def _tail(path: Path) -> str:
    try:
        content = path.read_bytes()
    except OSError:
        return ""
    return content[-LOG_TAIL_BYTES:].decode("utf-8", "replace").strip()
