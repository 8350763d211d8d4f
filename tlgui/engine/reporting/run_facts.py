"""Everything a run folder tells, read once, without anything that computes."""

import json
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from tlgui.core.catalog import PresetInfo
from tlgui.core.dataset import Dataset
from tlgui.core.energy import Energy
from tlgui.core.errors import TlguiError
from tlgui.core.evaluation import ClassCurves, Evaluation, Prediction
from tlgui.core.plan import Plan
from tlgui.core.prediction_table import read_predictions
from tlgui.core.records import from_record
from tlgui.core.review import Review
from tlgui.core.run_folder import RunFolder, RunStatus
from tlgui.core.run_state import RunState

log = logging.getLogger(__name__)

CERTIFICATES = "certificates.jsonl"  # what was proven of the run's exports, a line each

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class RunFacts:
    """A run as it stands; whatever runs of earlier versions do not know is empty.

    Attributes:
        run: Where it lies.
        status: How it stands.
        state: The fold of its events.
        plan: What was to be done.
        dataset: With what.
        preset: The pretrained model; None where this version does not know it.
        evaluation: Of the test split.
        curves: Of each class, in the order of the classes.
        predictions: An answer for every test sample.
        snippets: Beginnings of texts, by row of the predictions.
        review: Of the labels, where somebody has looked.
        energy: What it took.
        environment: Versions, system, seed.
        certificates: Of its exports, the latest last.
    """

    run: RunFolder
    status: RunStatus
    state: RunState
    plan: Plan
    dataset: Dataset
    preset: PresetInfo | None
    evaluation: Evaluation | None
    curves: tuple[ClassCurves, ...]
    predictions: tuple[Prediction, ...]
    snippets: Mapping[int, str]
    review: Review | None
    energy: Energy | None
    environment: Mapping[str, Any]
    certificates: tuple[Mapping[str, Any], ...]

    @property
    def name(self) -> str:
        """What people call the run."""
        return self.run.path.name

    @property
    def model(self) -> str:
        """What people call the pretrained model."""
        return self.preset.title if self.preset else " + ".join(self.plan.presets)


def facts_of_run(run: RunFolder, catalog: Mapping[str, PresetInfo]) -> RunFacts:
    """Read a run.

    Raises:
        TlguiError: its plan, data or result is damaged.
    """
    plan, has_result = run.read_plan(), run.has_evaluation()
    folder = run.evaluation
    return RunFacts(
        run=run,
        status=run.status(),
        state=run.state(),
        plan=plan,
        dataset=run.read_dataset(),
        preset=catalog.get(plan.preset),
        evaluation=run.read_evaluation() if has_result else None,
        curves=tuple(_lines(folder / "curves.jsonl", lambda r: from_record(ClassCurves, r))),
        predictions=tuple(read_predictions(folder / "predictions.csv")) if has_result else (),
        snippets=dict(_lines(folder / "snippets.jsonl", lambda r: (int(r["row"]), str(r["text"])))),
        review=_unless_damaged(run.read_review),
        energy=_unless_damaged(run.read_energy),
        environment=_environment(run.path / "environment.json"),
        certificates=tuple(_lines(run.path / CERTIFICATES, dict)),
    )


def _unless_damaged(read: Callable[[], T | None]) -> T | None:
    """Return what is told beside the result; without it the rest still is."""
    try:
        return read()
    except TlguiError:
        log.warning("left out of what is told of a run", exc_info=True)
        return None


def _lines(path: Path, parse: Callable[[Any], T]) -> list[T]:
    """Return what a file of JSON lines holds; what is missing or damaged is left out."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
        return [parse(json.loads(line)) for line in lines if line]
    except FileNotFoundError:
        return []
    except (OSError, ValueError, KeyError, TypeError):
        log.warning("%s is left out of what is told of a run", path, exc_info=True)
        return []


def _environment(path: Path) -> Mapping[str, Any]:
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return record if isinstance(record, dict) else {}
