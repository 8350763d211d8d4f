"""Events out, to the disk first and then to whoever listens; requests in."""

import logging
import os
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from queue import SimpleQueue
from typing import IO, Any, Final, Literal

from tlgui.core import durable
from tlgui.core.events import Event, Progressed
from tlgui.core.run_folder import EVENTS, read_events

log = logging.getLogger(__name__)

Request = Literal["stop", "pause"]
MIN_INTERVAL_S: Final = 0.1  # between two events of one kind that may be dropped


class JobStopped(Exception):
    """A person asked the job to stop; work unwinds to the worker."""


class Channel:
    """The one way in which a job speaks."""

    def __init__(
        self,
        folder: Path | None = None,
        listeners: Sequence[Callable[[Event], None]] = (),
        clock: Callable[[], float] = time.time,
        ticks: Callable[[], float] = time.monotonic,
    ) -> None:
        self._request: Request | None = None
        self._interrupt: Callable[[], None] | None = None
        self._questions: SimpleQueue[str] = SimpleQueue()
        self._path = folder / EVENTS if folder else None
        self._is_whole = False
        self._listeners = list(listeners)
        self._clock, self._ticks = clock, ticks
        self._seq = self._last_seq()
        self._last_sent: dict[object, float] = {}
        self._lock = threading.Lock()

    @property
    def request(self) -> Request | None:
        """What a person asked for; work looks at it, nobody waits for it."""
        return self._request

    @request.setter
    def request(self, request: Request | None) -> None:
        self._request = request
        if request and self._interrupt:
            self._interrupt()

    @contextmanager
    def interrupting(self, interrupt: Callable[[], None]) -> Iterator[None]:
        """Call something as soon as a person asks for an end: it frees a thread that waits."""
        self._interrupt = interrupt
        if self._request:
            interrupt()
        try:
            yield
        finally:
            self._interrupt = None

    def send(self, cls: type[Event], **fields: Any) -> None:
        """Number an event, write it to the disk, then tell the listeners."""
        with self._lock:
            event = cls(seq=self._seq + 1, time_s=self._clock(), **fields)
            if self._path:
                self._append(event)
            self._seq += 1
            for listener in self._listeners:
                listener(event)

    def listen(self, listener: Callable[[Event], None]) -> None:
        """Tell one more of every event; it may not send any itself."""
        self._listeners.append(listener)

    def stop_writing(self) -> None:
        """Give up the events file; listeners still hear everything."""
        self._path = None

    def send_often(self, cls: type[Event], **fields: Any) -> None:
        """Send an event unless one of its kind was sent a moment ago."""
        if self._due(cls):
            self.send(cls, **fields)

    def progress(self, activity: str, done: int, total: int) -> None:
        """Report progress, at most ten times per second and always the last step."""
        if self._due(activity) or done == total:
            self.send(Progressed, activity=activity, done=done, total=total)

    def ask(self, question: str) -> None:
        """Leave a question for whoever takes it with ``next_question``."""
        self._questions.put(question)

    def next_question(self) -> str:
        """Wait for a question and return it; of several only the latest.

        Raises:
            JobStopped: a person asked for that instead.
        """
        question = self._questions.get()
        while not self._questions.empty():
            question = self._questions.get()
        self.stop_if_requested()
        return question

    def has_question(self) -> bool:
        """Return whether a question, or a wish to end, waits."""
        return not self._questions.empty()

    def stop_if_requested(self) -> None:
        """Give up work that leaves nothing behind.

        Raises:
            JobStopped: a person asked for it.
        """
        if self.request:
            raise JobStopped

    def _due(self, key: object) -> bool:
        now = self._ticks()
        due = now - self._last_sent.get(key, -MIN_INTERVAL_S) >= MIN_INTERVAL_S
        if due:
            self._last_sent[key] = now
        return due

    def _append(self, event: Event) -> None:
        if self._path is None:
            return
        if not self._is_whole:  # not before the first write: until then the run may be another's
            durable.drop_torn_line(self._path)
            self._is_whole = True
        durable.append_line(self._path, event.to_json())

    def _last_seq(self) -> int:
        if self._path is None:
            return 0
        return max((event.seq for event in read_events(self._path)), default=0)


def take_stdout() -> IO[str]:
    """Keep the real stdout for events; whatever else prints, C++ included, goes to stderr."""
    sys.stdout.flush()
    events = os.fdopen(os.dup(1), "w", encoding="utf-8", errors="backslashreplace", newline="\n")
    os.dup2(2, 1)
    return events


def take_stdin() -> IO[str]:
    """Keep stdin for requests; a thread that waits on ``sys.stdin`` itself can abort the exit."""
    return os.fdopen(os.dup(0), encoding="utf-8", errors="surrogateescape")


@contextmanager
def noise_into(log_file: Path) -> Iterator[None]:
    """Send what libraries, C++ included, print on stderr into a file for a while."""
    log_file.parent.mkdir(parents=True, exist_ok=True)
    stderr = os.dup(2)
    with log_file.open("ab") as file:
        os.dup2(file.fileno(), 2)
    try:
        yield
    finally:
        os.dup2(stderr, 2)
        os.close(stderr)


def print_to(stream: IO[str]) -> Callable[[Event], None]:
    """Return a listener that prints events; a reader that went away does not end the job."""

    def listener(event: Event) -> None:
        try:
            stream.write(event.to_json() + "\n")
            stream.flush()
        except (OSError, ValueError):  # Windows has no error of its own for it
            log.warning("nobody reads the events any more")

    return listener


def follow_requests(channel: Channel, stream: IO[str]) -> None:
    """Take in requests from a stream in the background; its end means pause."""

    def read() -> None:
        for line in stream:
            word, _, rest = line.strip().partition(" ")
            if word == "ask":
                channel.ask(rest)
            elif word in ("stop", "pause"):
                channel.request = "stop" if word == "stop" else "pause"
                channel.ask("")  # wakes whoever waits for a question
        channel.request = channel.request or "pause"
        channel.ask("")

    threading.Thread(target=read, daemon=True, name="requests").start()
