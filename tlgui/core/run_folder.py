"""A run on disk: the truth that both the window and the command line read."""

import json
import logging
import os
import re
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Literal, TypeVar

from tlgui.core import durable
from tlgui.core.dataset import Dataset, dataset_from_json
from tlgui.core.energy import Energy
from tlgui.core.errors import TlguiError
from tlgui.core.evaluation import Evaluation, evaluation_from_json
from tlgui.core.events import Event, from_json
from tlgui.core.plan import Plan, plan_from_json
from tlgui.core.records import from_record, json_text
from tlgui.core.review import Review, review_from_json
from tlgui.core.run_state import RunState, Status, replay

EVENTS = "events.jsonl"
PLAN = "plan.json"
DATASET = "dataset.json"
ENGINE_LOG = "engine.log"
THRESHOLD = "threshold.json"
ENERGY = "energy.json"
MEMBERS = "members"

log = logging.getLogger(__name__)

T = TypeVar("T")

LOCK_TRIES = 20
LOCK_RETRY_S = 0.02

RunStatus = Status | Literal["interrupted"]


@dataclass(frozen=True, slots=True)
class RunFolder:
    """The files of one run; every path in it is fixed by this class."""

    path: Path

    @property
    def checkpoints(self) -> Path:
        """Folder of the checkpoints."""
        return self.path / "checkpoints"

    @property
    def evaluation(self) -> Path:
        """Folder of the evaluation of the test split."""
        return self.path / "evaluation"

    @property
    def review(self) -> Path:
        """Folder of what is odd about the labels."""
        return self.path / "review"

    @property
    def reference(self) -> Path:
        """File of the plain method that the run has to beat; runs on texts have one."""
        return self.path / "reference.safetensors"

    @property
    def members(self) -> tuple["RunFolder", ...]:
        """Whose best models answer: the run itself, or the copies that an ensemble keeps.

        A copy has a plan, its best checkpoint and its figures, and no data set of its own.

        Raises:
            TlguiError: the plan is missing or damaged.
        """
        count = len(self.read_plan().members)
        folders = [self.path / MEMBERS / str(number) for number in range(1, count + 1)]
        return tuple(map(RunFolder, folders)) or (self,)

    def read_plan(self) -> Plan:
        """Return the plan.

        Raises:
            TlguiError: the file is missing or damaged.
        """
        return _parsed(self.path / PLAN, plan_from_json)

    def read_dataset(self) -> Dataset:
        """Return the data set as it was when the run was created.

        Raises:
            TlguiError: the file is missing or damaged.
        """
        return _parsed(self.path / DATASET, dataset_from_json)

    def write_dataset(self, dataset: Dataset) -> None:
        """Replace the data set, once, when its samples are dealt to splits."""
        durable.replace_file(self.path / DATASET, dataset.json_parts())

    def read_evaluation(self) -> Evaluation:
        """Return the evaluation of the test split.

        Raises:
            TlguiError: the run has none yet, or it is damaged.
        """
        if not self.has_evaluation():
            raise TlguiError("no_result_yet", path=str(self.path))
        return _parsed(self.evaluation / "evaluation.json", evaluation_from_json)

    def has_evaluation(self) -> bool:
        """Whether the test split was evaluated."""
        return (self.evaluation / "evaluation.json").exists()

    def read_review(self) -> Review | None:
        """Return what is odd about the labels, or None as long as nobody has looked.

        Raises:
            TlguiError: it is damaged.
        """
        file = self.review / "review.json"
        return _parsed(file, review_from_json) if file.exists() else None

    def read_threshold(self) -> float:
        """Return below which probability an answer counts as "not sure"; 0 until one is chosen.

        Raises:
            TlguiError: the file is damaged.
        """
        file = self.path / THRESHOLD
        return _parsed(file, _threshold) if file.exists() else 0.0

    def write_threshold(self, threshold: float) -> None:
        """Let less sure answers than this count as "not sure" wherever the model is used.

        Raises:
            TlguiError: the disk is full or cannot be written.
        """
        durable.replace_file(self.path / THRESHOLD, json.dumps({"not_sure_below": threshold}))

    def read_energy(self) -> Energy | None:
        """Return what the run has taken so far; None where nobody has measured.

        Raises:
            TlguiError: the file is damaged.
        """
        file = self.path / ENERGY
        return _parsed(file, _energy) if file.exists() else None

    def write_energy(self, energy: Energy) -> None:
        """Replace what the run has taken so far.

        Raises:
            TlguiError: the disk is full or cannot be written.
        """
        record = {**asdict(energy), "kwh": energy.kwh, "co2_g": energy.co2_g}
        durable.replace_file(self.path / ENERGY, json_text(record, indent=2))

    def events(self) -> Iterator[Event]:
        """Yield the events so far; a torn last line and unknown kinds are skipped."""
        return read_events(self.path / EVENTS)

    def state(self) -> RunState:
        """Return the fold of the events."""
        return replay(self.events())

    def status(self) -> RunStatus:
        """Return how the run stands; derived, so that it cannot lie after a crash."""
        status = self.state().status
        if status in ("waiting", "running") and not self.is_locked():
            return "interrupted"
        return status

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the run for this process; the system lets go of it even after a kill.

        Raises:
            TlguiError: another process works on the run.
        """
        with _open_lock(self.path / "lock") as file:
            for _ in range(LOCK_TRIES):
                if _try_lock(file):
                    break
                time.sleep(LOCK_RETRY_S)  # somebody may just be looking, see is_locked
            else:
                raise TlguiError("run_busy", path=str(self.path))
            yield

    def is_locked(self) -> bool:
        """Whether a living process works on the run."""
        try:
            with (self.path / "lock").open("rb") as file:
                return not _try_lock(file)
        except OSError:  # never started, or not ours to read
            return False


def read_events(path: Path) -> Iterator[Event]:
    """Yield the events of a file; torn or damaged lines and unknown kinds are skipped.

    A bad line costs what it said, and not the run: checkpoints are judged by themselves.

    Raises:
        TlguiError: the file cannot be read.
    """
    try:
        lines = path.read_bytes().split(b"\n")
    except FileNotFoundError:
        return
    except OSError as error:
        reason = error.strerror or str(error)
        raise TlguiError("run_damaged", path=str(path), reason=reason) from error
    for number, line in enumerate(lines[:-1], start=1):
        try:
            event = from_json(line.decode())
        except (ValueError, RecursionError) as error:
            log.warning("%s, line %d is passed over: %s", path, number, error)
            continue
        if event is not None:
            yield event


def create_run(path: Path, dataset: Dataset | Path, plan: Plan) -> RunFolder:
    """Write a new run that has not started yet.

    Args:
        path: Its folder.
        dataset: What it learns from, or the ``dataset.json`` of that, which is only copied.
        plan: How.

    Raises:
        TlguiError: the folder holds other files, or cannot be written, or the data set is gone.
    """
    if path.exists() and (not path.is_dir() or any(path.iterdir())):
        raise TlguiError("folder_not_empty", path=str(path))
    if path.exists():
        path.rmdir()
    with durable.published_folder(path) as partial:
        if isinstance(dataset, Path):
            _copy_dataset(dataset, partial / DATASET)
        else:
            with (partial / DATASET).open("w", encoding="utf-8", newline="\n") as file:
                file.writelines(dataset.json_parts())
        (partial / PLAN).write_text(plan.to_json(), encoding="utf-8")
    return RunFolder(path)


def _copy_dataset(source: Path, target: Path) -> None:
    try:
        original = source.open("rb")
    except OSError as error:
        reason = error.strerror or str(error)
        raise TlguiError("file_damaged", path=str(source), reason=reason) from error
    with original, target.open("wb") as copy:
        shutil.copyfileobj(original, copy)


def open_run(path: Path) -> RunFolder:
    """Return the run in a folder.

    Raises:
        TlguiError: there is no run.
    """
    if not (path / PLAN).is_file():
        raise TlguiError("run_missing", path=str(path))
    return RunFolder(path)


def list_runs(folder: Path) -> tuple[RunFolder, ...]:
    """Return the runs in the application's folder, the latest first."""
    if not folder.is_dir():
        return ()
    found = (p.parent for p in folder.glob(f"*/{PLAN}"))
    runs = [RunFolder(path) for path in found if not durable.is_unpublished(path)]
    return tuple(sorted(runs, key=lambda r: (r.path / PLAN).stat().st_mtime, reverse=True))


def free_name(folder: Path, name: str) -> Path:
    """Return a path in ``folder`` for a new run called after its data set."""
    clean = clean_name(name) or "run"
    number = 1
    while (folder / f"{clean}-{number}").exists():
        number += 1
    return folder / f"{clean}-{number}"


def ensemble_path(folder: Path, first: RunFolder) -> Path:
    """Return a path in ``folder`` for a new ensemble, called after its first run."""
    name = re.sub(r"(-ensemble)?-\d+$", "", first.path.name)
    return free_name(folder, f"{name}-ensemble")


def clean_name(name: str) -> str:
    """Return a name that every system takes as part of a file's, at most 60 characters long."""
    return "".join(c if c.isalnum() or c in "-_" else "-" for c in name)[:60]


def _parsed(path: Path, parse: Callable[[str], T]) -> T:
    try:
        return parse(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise TlguiError("run_missing", path=str(path.parent)) from error
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise TlguiError("run_damaged", path=str(path), reason=str(error)) from error


def _threshold(text: str) -> float:
    record = json.loads(text)
    threshold = float(record["not_sure_below"])
    if not 0 <= threshold < 1:
        raise ValueError(f"no probability below 1: {threshold}")
    return threshold


def _energy(text: str) -> Energy:
    return from_record(Energy, json.loads(text))


@contextmanager
def _open_lock(path: Path) -> Iterator[IO[bytes]]:
    try:
        file = path.open("ab")
    except OSError as error:
        raise TlguiError(
            "folder_not_writable",
            path=str(path.parent),
            reason=error.strerror or str(error),
        ) from error
    with file:
        yield file


def _try_lock(file: IO[bytes]) -> bool:
    try:
        if os.name == "nt":  # pragma: no cover
            import msvcrt

            file.seek(0)
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined,unused-ignore]
        else:
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
