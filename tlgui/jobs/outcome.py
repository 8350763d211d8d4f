"""How an engine process ended, in words."""

from dataclasses import dataclass
from typing import Final

SIGNALS: Final[dict[int, str]] = {
    1: "its terminal was closed",
    2: "interrupted from outside",
    4: "the processor lacks an instruction",
    6: "it gave up by itself",
    7: "memory error, perhaps a full disk",
    8: "arithmetic error",
    9: "killed, perhaps for lack of memory",
    11: "crash, invalid memory access",
    15: "ended from outside",
    24: "too much processor time",
    25: "a file grew too large",
}

# the system's own codes, which Windows returns in place of an exit code
WINDOWS_CODES: Final[dict[int, str]] = {
    0xC0000005: "crashed with an access violation",
    0xC0000006: "crashed because a file could not be read",
    0xC0000017: "ended for lack of memory",
    0xC000001D: "crashed: the processor lacks an instruction",
    0xC00000FD: "crashed with a stack overflow",
    0xC0000135: "did not start: a library is missing",
    0xC000013A: "interrupted from outside",
    0xC0000142: "did not start: a library could not be loaded",
    0xC0000374: "crashed with a damaged memory",
    0xC0000409: "gave up by itself",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """The end of an engine process.

    Attributes:
        exit_code: As the system gave it, negative for a signal; None if it never started.
        ended_cleanly: The job's end event came first, be it good or bad news.
        words: How the process ended, as part of a sentence.
    """

    exit_code: int | None
    ended_cleanly: bool
    words: str


def describe_exit(exit_code: int) -> str:
    """Return what an exit code of the system means, in words."""
    if exit_code < 0:
        reason = SIGNALS.get(-exit_code)
        return f"stopped by signal {-exit_code}" + (f" ({reason})" if reason else "")
    return WINDOWS_CODES.get(exit_code, f"exit code {exit_code}")
