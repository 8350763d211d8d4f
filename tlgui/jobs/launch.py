"""How an engine process is started: command line, environment, system flags."""

import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

STANDBY: Final = "-"  # in place of a job file: warm up, then read its path from stdin

_CREATE_NEW_PROCESS_GROUP: Final = 0x0000_0200
_CREATE_NO_WINDOW: Final = 0x0800_0000


def engine_command() -> list[str]:
    """Return the command line of an engine, which lacks only its last argument.

    That argument is a job file or ``STANDBY``.
    """
    if getattr(sys, "frozen", False):
        return [sys.executable, "--engine"]
    return [sys.executable, str(Path(__file__).parents[2] / "main.py"), "--engine"]


def engine_environment(environment: Mapping[str, str]) -> dict[str, str]:
    """Return the environment of an engine: the given one, and what is not set in it."""
    return {
        "KERAS_BACKEND": "tensorflow",
        "TF_CPP_MIN_LOG_LEVEL": "2",
        "PYTHONFAULTHANDLER": "1",  # a crash of C++ leaves the Python stack in engine.log
        **environment,
        "PYTHONIOENCODING": "utf-8",
        "PYTHONUNBUFFERED": "1",
    }


def process_options(platform: str = sys.platform) -> dict[str, Any]:
    """Return the arguments of ``Popen`` that keep an engine apart from window and terminal.

    Ctrl-C in a terminal reaches the window alone, which then asks the engine to save.
    """
    if platform == "win32":
        return {"creationflags": _CREATE_NO_WINDOW | _CREATE_NEW_PROCESS_GROUP}
    return {"start_new_session": True}


def start_engine(
    command: Sequence[str],
    argument: str,
    environment: Mapping[str, str],
    log_file: Path,
) -> subprocess.Popen[bytes]:
    """Start an engine with pipes to its stdin and stdout; its stderr goes to the log.

    Args:
        command: See ``engine_command``.
        argument: A job file or ``STANDBY``.
        environment: See ``engine_environment``.
        log_file: A job's log grows with every start; that of a standby begins anew.

    Raises:
        OSError: the program or the log cannot be opened.
    """
    log_file.parent.mkdir(parents=True, exist_ok=True)
    with log_file.open("wb" if argument == STANDBY else "ab") as log:
        return subprocess.Popen(
            [*command, argument],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            env=dict(environment),
            **process_options(),
        )
