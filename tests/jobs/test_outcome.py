"""Exit codes in words."""

import pytest

from tlgui.jobs.outcome import WINDOWS_CODES, describe_exit


@pytest.mark.parametrize(
    ("exit_code", "words"),
    [
        (0, "exit code 0"),
        (3, "exit code 3"),
        (-9, "stopped by signal 9 (killed, perhaps for lack of memory)"),
        (-11, "stopped by signal 11 (crash, invalid memory access)"),
        (-64, "stopped by signal 64"),
        (0xC0000005, "crashed with an access violation"),
    ],
)
def test_a_person_learns_why_the_engine_is_gone(exit_code, words):
    assert describe_exit(exit_code) == words


def test_windows_codes_are_told_from_plain_exit_codes():
    assert min(WINDOWS_CODES) > 0x8000_0000
