"""A run from its folder to its end, whatever the end is."""

import json
import platform
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from tlgui.core import durable
from tlgui.core.dataset import Dataset, Problem
from tlgui.core.errors import TlguiError
from tlgui.core.events import Event, ProblemFound, RunFinished, RunResumed, RunStarted, RunStopped
from tlgui.core.phase import Phase, Solver
from tlgui.core.run_folder import RunFolder
from tlgui.engine.channel import Channel, JobStopped
from tlgui.engine.data.inputs import Inputs
from tlgui.engine.data.sound import without_damaged
from tlgui.engine.data.split import assign_splits
from tlgui.engine.energy import EnergyMeter
from tlgui.engine.models.checkpoints import Checkpoint, Position, load_latest
from tlgui.engine.models.classifiers import open_inputs
from tlgui.engine.models.library import PresetLibrary
from tlgui.engine.models.preset_files import preset_sha256
from tlgui.engine.results.evaluate import evaluate_run
from tlgui.engine.results.reference import fit_reference
from tlgui.engine.training.context import TrainingContext
from tlgui.engine.training.head_phase import run_head_phase
from tlgui.engine.training.replay import open_replay
from tlgui.engine.versions import package_versions

_End = tuple[type[Event], dict[str, Any]]
PhaseRunner = Callable[[TrainingContext, Phase, Checkpoint], Checkpoint]


def train(
    run: RunFolder,
    library: PresetLibrary,
    channel: Channel,
    requested_s: float,
    country: str = "",
) -> None:
    """Train a run, from the start or from its latest checkpoint, and evaluate the best epoch.

    Ends with ``run_finished`` or ``run_stopped``. ``country`` is the one whose electricity this
    computer takes, see ``Energy``.

    Raises:
        TlguiError: whatever keeps the run from its end; everything before is saved.
    """
    with run.locked():
        with EnergyMeter(run, channel, country):
            kind, fields = _trained(run, library, channel, requested_s)
        channel.send(kind, **fields)


def check_resumable(run: RunFolder) -> None:
    """Check that there is something left to do.

    Raises:
        TlguiError: the run is finished, or another process works on it.
    """
    status = run.status()
    if status == "finished":
        raise TlguiError("nothing_to_resume", path=str(run.path))
    if run.is_locked():
        raise TlguiError("run_busy", path=str(run.path))


def _trained(run: RunFolder, library: PresetLibrary, channel: Channel, requested_s: float) -> _End:
    checkpoint = load_latest(run.checkpoints)
    if checkpoint is None:
        _deal_samples(run, channel)
    position = checkpoint.position if checkpoint else Position()
    try:
        context = _prepare(run, library, channel, requested_s)
    except JobStopped:
        pass
    else:
        position = _run_phases(context, _started(context, checkpoint)).position
    return _finish(run, library, channel, position)


def _prepare(
    run: RunFolder, library: PresetLibrary, channel: Channel, requested_s: float
) -> TrainingContext:
    plan, dataset = run.read_plan(), run.read_dataset()
    _record_environment(run, plan.seed, library.folder(plan.preset))

    def inputs_of(some: Dataset, told: Channel) -> Inputs:
        return open_inputs(some, plan, library, told)

    inputs = inputs_of(dataset, channel)
    sound = without_damaged(dataset, inputs, channel)
    if sound is not dataset:  # the run is judged by what is left, and says how much that is
        run.write_dataset(sound)
    return TrainingContext(
        run=run,
        plan=plan,
        dataset=sound,
        library=library,
        inputs=inputs,
        # before anything is learned, so that a wrong folder is told at once
        replay=open_replay(plan.replay_folder, run, channel, inputs_of),
        channel=channel,
        requested_s=requested_s,
    )


def _deal_samples(run: RunFolder, channel: Channel) -> None:
    """Deal the samples to splits, once; what came split may lack a validation part, or leak."""
    plan, dataset = run.read_plan(), run.read_dataset()
    dataset.require_usable()
    if not dataset.presplit and all(sample.split for sample in dataset.samples):
        return
    dealt = assign_splits(dataset, plan.split, plan.seed)
    run.write_dataset(dealt)
    for problem in dealt.problems[len(dataset.problems) :]:
        channel.send(ProblemFound, problem=problem)


def _record_environment(run: RunFolder, seed: int, preset_folder: Path) -> None:
    record = {
        "python": sys.version.split()[0],
        "system": platform.platform(),
        "seed": seed,
        "preset_sha256": preset_sha256(preset_folder),
        "packages": package_versions(
            *("keras", "keras-hub", "tensorflow", "onnxruntime", "numpy", "scikit-learn"),
            *("pillow", "tokenizers"),
        ),
    }
    durable.replace_file(run.path / "environment.json", json.dumps(record, indent=2))


def _started(context: TrainingContext, checkpoint: Checkpoint | None) -> Checkpoint:
    """Tell where a run starts or goes on, and return that place."""
    if checkpoint is None:
        _announce(context)
        return Checkpoint(tensors={}, position=Position())
    position, modality = checkpoint.position, context.dataset.modality
    context.channel.send(RunResumed, epoch=position.epoch, step=position.step, modality=modality)
    return checkpoint


def _announce(context: TrainingContext) -> None:
    dataset, plan = context.dataset, context.plan
    majority_class, majority_baseline = dataset.majority("validation")
    context.channel.send(
        RunStarted,
        run=str(context.run.path),
        preset=plan.preset,
        strategy=plan.strategy,
        classes=dataset.classes,
        num_train=len(dataset.of_split("train")),
        num_validation=len(dataset.of_split("validation")),
        num_test=len(dataset.of_split("test")),
        majority_class=majority_class,
        majority_baseline=majority_baseline,
        max_epochs=plan.max_epochs,
        modality=dataset.modality,
    )
    language = dataset.texts.language if dataset.texts else ""
    if language and not context.preset.speaks(language):
        known = ", ".join(context.preset.languages)
        problem = Problem(code="language_differs", name=language, reason=known)
        context.channel.send(ProblemFound, problem=problem)


def _run_phases(context: TrainingContext, checkpoint: Checkpoint) -> Checkpoint:
    phases = context.plan.phases
    while checkpoint.position.phase < len(phases) and not context.channel.request:
        phase = phases[checkpoint.position.phase]
        try:
            checkpoint = _RUNNERS[phase.solver](context, phase, checkpoint)
        except JobStopped:
            break
    return checkpoint


def _finish(run: RunFolder, library: PresetLibrary, channel: Channel, position: Position) -> _End:
    """Evaluate what was learned, and return the event that ends the run."""
    reason = channel.request
    channel.request = None  # the evaluation after a stop is not stopped by the same wish
    best_epoch = position.best_epoch or None
    evaluation = None
    if best_epoch and reason != "pause":
        try:
            fit_reference(run, library, channel)
            evaluation = evaluate_run(run, library, channel)
        except JobStopped:
            reason = "pause"  # the window closes: continuing evaluates
    end = {"run": str(run.path), "best_epoch": best_epoch}
    if evaluation and not reason:
        accuracies = {
            "val_accuracy": position.best_val_accuracy,
            "test_accuracy": evaluation.accuracy,
        }
        return RunFinished, {**end, **accuracies}
    return RunStopped, {
        **end,
        "reason": "stopped" if reason == "stop" else "paused",
        "val_accuracy": position.best_val_accuracy if best_epoch else None,
    }


def _gradient_phase(context: TrainingContext, phase: Phase, checkpoint: Checkpoint) -> Checkpoint:
    # Keras and TensorFlow take 10 s to import: only who needs them waits
    from tlgui.engine.training.gradient_phase import run_gradient_phase

    return run_gradient_phase(context, phase, checkpoint)


def _adaptation_phase(context: TrainingContext, phase: Phase, checkpoint: Checkpoint) -> Checkpoint:
    from tlgui.engine.adaptation.adaptation_phase import run_adaptation_phase

    return run_adaptation_phase(context, phase, checkpoint)


_RUNNERS: Final[dict[Solver, PhaseRunner]] = {
    "convex": run_head_phase,
    "neighbors": run_head_phase,
    "gradient": _gradient_phase,
    "masked_language": _adaptation_phase,
    "contrastive": _adaptation_phase,
}
