"""The only place where the engine starts a process: fresh ones that know nothing of tlgui."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Final, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from tlgui.core.errors import TlguiError

H5_SCRIPT: Final = Path(__file__).parent / "models" / "h5_tensors.py"
H5_SECONDS: Final = 90.0
# all that the reader of a foreign file learns of this computer
H5_ENVIRONMENT: Final = ("PATH", "SYSTEMROOT", "LANG", "LD_LIBRARY_PATH")

CHECK_SCRIPT: Final = Path(__file__).parent / "results" / "check_bundle.py"

Pixels = NDArray[np.uint8]


class Answered(NamedTuple):
    """What a bundle says of some samples.

    Attributes:
        probabilities: Shape (num_samples, num_classes).
        seconds: How long it took, without the way to the process and back.
        strangeness: Shape (num_samples,); None where it flags nothing.
    """

    probabilities: NDArray[np.float32]
    seconds: float
    strangeness: NDArray[np.float64] | None = None


class FreshModel:
    """An exported model that answers in a process of its own, without anything of tlgui."""

    def __init__(self, bundle: Path, scripts: Path | None = None) -> None:
        """Start the process.

        Args:
            bundle: Its folder.
            scripts: Holds the ``predict.py`` and ``model_runtime.py`` to run; None takes the
                bundle's own, which only a bundle that was just written may ask for.
        """
        self._process = subprocess.Popen(
            [*_command(), str(bundle), str(scripts or bundle)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, "TF_CPP_MIN_LOG_LEVEL": "2"},
        )

    def of_items(self, items: Sequence[Any]) -> Answered:
        """Return the answers to pictures, as ``of_pictures`` takes them, or to texts.

        Raises:
            TlguiError: ``export_disagrees``: the process ended or answered nonsense.
        """
        return self.of_texts(items) if isinstance(items[0], str) else self.of_pictures(items)

    def of_pictures(self, pictures: Sequence[Pixels]) -> Answered:
        """Return the answers to pictures of any sizes.

        Args:
            pictures: shape (height, width, 3) each, RGB in 0..255.

        Raises:
            TlguiError: see ``of_items``.
        """
        sizes = [picture.shape[:2] for picture in pictures]
        return self._answer({"pictures": sizes}, *(picture.tobytes() for picture in pictures))

    def of_texts(self, texts: Sequence[str]) -> Answered:
        """Return the answers to some texts.

        Raises:
            TlguiError: see ``of_items``.
        """
        return self._answer({"texts": list(texts)})

    def of_files(self, files: Sequence[Path]) -> Answered:
        """Return the answers to files, which the bundle's script reads itself.

        Raises:
            TlguiError: see ``of_items``.
        """
        return self._answer({"files": [str(file) for file in files]})

    def _answer(self, question: dict[str, Any], *data: bytes) -> Answered:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        try:
            for part in (json.dumps(question).encode() + b"\n", *data):
                self._process.stdin.write(part)
            self._process.stdin.flush()
            answer = json.loads(self._process.stdout.readline())
            rows = np.array(answer["probabilities"], np.float32)
            known = answer.get("strangeness")
            strangeness = None if known is None else np.array(known, np.float64)
            seconds = float(answer["seconds"])
            return Answered(probabilities=rows, seconds=seconds, strangeness=strangeness)
        except (OSError, ValueError, TypeError, KeyError) as error:
            reason = "it did not answer in a fresh process, see the log"
            raise TlguiError("export_disagrees", reason=reason) from error

    def kill(self) -> None:
        """End the process at once; whoever waits for its answer gets none."""
        self._process.kill()

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


def read_h5(content: bytes, path: Path, most_bytes: int) -> bytes:
    """Return the tensors of a foreign HDF5 file as safetensors, read in a throw-away process.

    Args:
        content: Of the file; the process opens no file itself.
        path: For messages.
        most_bytes: Of all tensors together.

    Raises:
        TlguiError: ``import_damaged``.
    """
    own = {name: os.environ[name] for name in H5_ENVIRONMENT if name in os.environ}
    command = [*_command("--read-h5", H5_SCRIPT), str(most_bytes)]
    with tempfile.TemporaryFile() as output:  # has no name: a kill leaves nothing
        try:
            done = subprocess.run(
                command,
                input=content,
                stdout=output,
                stderr=subprocess.PIPE,
                env={**own, "OPENBLAS_NUM_THREADS": "1"},
                timeout=H5_SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            raise _unread(path, "reading it takes too long") from error
        if done.returncode != 0:
            said = done.stderr[-2000:].decode(errors="replace").strip().split("\n")[-1]
            reason = "".join(sign for sign in said if sign.isprintable())[:300]
            raise _unread(path, reason or "it brings its reader to a fall")
        output.seek(0)
        return output.read()


def _unread(path: Path, reason: str) -> TlguiError:
    return TlguiError("import_damaged", path=str(path), reason=reason)


def _command(flag: str = "--check-bundle", script: Path = CHECK_SCRIPT) -> list[str]:
    if getattr(sys, "frozen", False):  # a frozen build has no interpreter for scripts
        return [sys.executable, "--engine", flag]
    return [sys.executable, "-I", str(script)]
