"""Several runs that answer together: a run of its own, which needs none of them any more."""

import hashlib
import shutil
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from tlgui.core import durable
from tlgui.core.dataset import Dataset
from tlgui.core.errors import TlguiError
from tlgui.core.evaluation import Evaluation
from tlgui.core.events import EnsembleFormed, ProblemFound, RunFinished
from tlgui.core.plan import Member, Plan, ensemble_plan
from tlgui.core.run_folder import DATASET, MEMBERS, PLAN, RunFolder
from tlgui.core.wording import SAMPLES
from tlgui.engine.channel import Channel
from tlgui.engine.models.checkpoints import judged_tensors, save_checkpoint, tensor_bytes
from tlgui.engine.models.classifiers import best_checkpoint
from tlgui.engine.models.library import PresetLibrary
from tlgui.engine.results.evaluate import evaluate_run
from tlgui.engine.results.joint_deal import joint_deal

MIN_MEMBERS: Final = 2
MAX_MEMBERS: Final = 10


def make_ensemble(
    runs: Sequence[RunFolder], library: PresetLibrary, to: Path, channel: Channel
) -> None:
    """Copy the best models of finished runs into a new run whose answers are the mean of theirs.

    It is judged before it is there under its name; ends with ``run_finished``. Ensembles among
    the runs stand for their members.

    Raises:
        TlguiError: they are too few or too many, one of them has no result or is there twice,
            they do not sort the same samples into the same classes, no sample is left to judge
            them by, or the folder holds other files. Nothing is left then.
        JobStopped: a person asked for it; likewise.
    """
    if to.exists() and (not to.is_dir() or any(to.iterdir())):
        raise TlguiError("folder_not_empty", path=str(to))
    with ExitStack() as stack:
        for path in dict.fromkeys(run.path.resolve() for run in runs):
            stack.enter_context(RunFolder(path).locked())  # a training would change the model
        parts = [part for run in runs for part in _parts(run)]
        _check_fit(parts)
        dataset = joint_deal([part.dataset for part in parts])
        with durable.published_folder(to) as partial:
            _write(parts, dataset, partial)
            end = _judge(RunFolder(partial), to, library, channel)
    channel.send(RunFinished, **end)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Part:
    """A model that will answer with others.

    Attributes:
        name: Of its run.
        run: The run, or the copy that an ensemble keeps of it.
        plan: Of the run.
        dataset: Dealt as the run was, or the ensemble.
        reference: File of the plain method, which need not exist.
    """

    name: str
    run: RunFolder
    plan: Plan
    dataset: Dataset
    reference: Path

    def digest(self) -> str:
        """Return what only the same model has."""
        tensors = judged_tensors(best_checkpoint(self.run))
        return hashlib.sha256(tensor_bytes(tensors)).hexdigest()


def _parts(run: RunFolder) -> list[_Part]:
    if run.status() not in ("finished", "stopped"):
        raise TlguiError("no_result_yet", path=str(run.path))
    run.read_evaluation()  # raises where there is none
    dataset = run.read_dataset()
    names = [member.name for member in run.read_plan().members] or [run.path.name]
    return [
        _Part(
            name=name,
            run=folder,
            plan=folder.read_plan(),
            dataset=dataset,
            reference=run.reference,
        )
        for name, folder in zip(names, run.members, strict=True)
    ]


def _check_fit(parts: Sequence[_Part]) -> None:
    if not MIN_MEMBERS <= len(parts) <= MAX_MEMBERS:
        raise TlguiError("ensemble_size", count=len(parts), most=MAX_MEMBERS)
    known: dict[str, str] = {}
    for part in parts:
        reason = _misfit(parts[0].dataset, part.dataset)
        if reason:
            raise TlguiError(
                "ensemble_mismatch", first=parts[0].name, second=part.name, reason=reason
            )
        digest = part.digest()
        if digest in known:
            raise TlguiError("ensemble_twice", first=known[digest], second=part.name)
        known[digest] = part.name


def _misfit(first: Dataset, second: Dataset) -> str:
    """Return why models of two data sets have nothing to say to each other's samples, or ""."""
    if first.modality != second.modality:
        return f"one sorts {SAMPLES[first.modality]}, the other {SAMPLES[second.modality]}"
    if first.classes != second.classes:
        kinds = (", ".join(dataset.classes) for dataset in (first, second))
        return "their kinds are not the same ({} and {})".format(*kinds)
    if first.text_column != second.text_column:
        columns = (dataset.text_column or "files" for dataset in (first, second))
        return "they read other texts ({} and {})".format(*columns)
    return ""


def _write(parts: Sequence[_Part], dataset: Dataset, folder: Path) -> None:
    members = tuple(
        Member(name=part.name, preset=part.plan.preset, strategy=part.plan.strategy)
        for part in parts
    )
    (folder / DATASET).write_text(dataset.to_json(), encoding="utf-8")
    plan = ensemble_plan(members, parts[0].plan.split, parts[0].plan.seed)
    (folder / PLAN).write_text(plan.to_json(), encoding="utf-8")
    for number, part in enumerate(parts, start=1):
        _copy(part.run, RunFolder(folder / MEMBERS / str(number)))
    # it has learned from what its run has learned from, which judges nothing here
    reference = next((p.reference for p in parts if p.reference.exists()), None)
    if reference:
        shutil.copyfile(reference, RunFolder(folder).reference)


def _copy(run: RunFolder, to: RunFolder) -> None:
    """Copy what answers need: the plan, the best checkpoint, and the figures with a temperature."""
    best = best_checkpoint(run)
    position = replace(best.position, best_epoch=best.position.epoch, step=0)
    save_checkpoint(to.checkpoints, judged_tensors(best), position)
    shutil.copyfile(run.path / PLAN, to.path / PLAN)
    to.evaluation.mkdir()
    shutil.copyfile(run.evaluation / "evaluation.json", to.evaluation / "evaluation.json")


def _judge(
    ensemble: RunFolder, to: Path, library: PresetLibrary, channel: Channel
) -> dict[str, object]:
    """Judge what was written, tell of it there too, and return what the last event says."""
    own, dataset = Channel(ensemble.path), ensemble.read_dataset()
    formed = {
        "run": str(to),
        "members": tuple(member.name for member in ensemble.read_plan().members),
        "num_validation": len(dataset.of_split("validation")),
        "num_test": len(dataset.of_split("test")),
        "modality": dataset.modality,
    }
    for told in (own, channel):
        told.send(EnsembleFormed, **formed)
        for problem in dataset.problems:
            if problem.code == "deals_differ":
                told.send(ProblemFound, problem=problem)
    evaluation = evaluate_run(ensemble, library, channel)
    end = {
        "run": str(to),
        "best_epoch": 0,
        "val_accuracy": _validation_accuracy(evaluation),
        "test_accuracy": evaluation.accuracy,
    }
    own.send(RunFinished, **end)
    return end


def _validation_accuracy(evaluation: Evaluation) -> float:
    assert evaluation.certainty is not None
    every = evaluation.certainty.answered[0]  # of all answers, however unsure
    assert every.accuracy is not None
    return every.accuracy.value
