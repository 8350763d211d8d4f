"""The only place where the engine starts a process: fresh ones that know nothing of tlgui."""

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray

from tlgui.core.errors import TlguiError

CHECK_SCRIPT: Final = Path(__file__).parent / "results" / "check_bundle.py"


class FreshModel:
    """An exported model that answers in a process of its own, without anything of tlgui."""

    def __init__(self, *arguments: str) -> None:
        """Start the process.

        Args:
            arguments: Those of ``check_bundle``.
        """
        self._process = subprocess.Popen(
            [*_command(), *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, "TF_CPP_MIN_LOG_LEVEL": "2"},
        )

    def of_picture(self, pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Return the probabilities for one picture of any size.

        Args:
            pixels: shape (height, width, 3), RGB in 0..255.

        Raises:
            TlguiError: the process ended or answered nonsense.
        """
        height, width, _ = pixels.shape
        return self._answer(f"{height} {width}\n".encode() + pixels.tobytes())

    def of_texts(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return the probabilities for some texts, shape (num_texts, num_classes).

        Raises:
            TlguiError: the process ended or answered nonsense.
        """
        return self._answer(json.dumps(list(texts)).encode() + b"\n")

    def _answer(self, question: bytes) -> NDArray[np.float32]:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        try:
            self._process.stdin.write(question)
            self._process.stdin.flush()
            return np.array(json.loads(self._process.stdout.readline()), np.float32)
        except (OSError, ValueError, TypeError) as error:
            reason = "it did not answer in a fresh process, see the log"
            raise TlguiError("export_disagrees", reason=reason) from error

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if error is not None:
            self._process.kill()
        with suppress(OSError):  # what a dead process was not told no longer matters
            self._process.__exit__(kind, error, trace)  # closes the pipes, which ends it, and waits
        self._process.wait()


def _command() -> list[str]:
    if getattr(sys, "frozen", False):  # a frozen build has no interpreter for scripts
        return [sys.executable, "--engine", "--check-bundle"]
    return [sys.executable, "-I", str(CHECK_SCRIPT)]
