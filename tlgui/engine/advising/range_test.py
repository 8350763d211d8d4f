"""A learning-rate range test: rates rise from step to step until the loss does too."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import numpy as np

from tlgui.core.dataset import Dataset, Sample, dataset_from_json
from tlgui.core.errors import TlguiError
from tlgui.core.events import RatesTried, RateTried
from tlgui.core.job import RangeTestJob
from tlgui.core.phase import Phase
from tlgui.core.plan import Plan
from tlgui.core.plan_settings import gradient_phases
from tlgui.core.run_folder import RunFolder
from tlgui.engine.channel import Channel
from tlgui.engine.data.sound import sound_samples
from tlgui.engine.data.split import assign_splits
from tlgui.engine.models.checkpoints import Checkpoint, Position
from tlgui.engine.models.classifiers import open_inputs
from tlgui.engine.models.library import PresetLibrary
from tlgui.engine.training.context import TrainingContext
from tlgui.engine.training.feed import Feed
from tlgui.engine.training.frozen_states import open_states
from tlgui.engine.training.head_phase import solve_head_phase
from tlgui.engine.training.trainee import prepare_trainee
from tlgui.engine.training.training_step import Lesson

LOWEST: Final = 1e-7
STEPS_PER_DECADE: Final = 10
NUM_STEPS: Final = 70  # up to just below 1
MAX_SAMPLES: Final = 1024  # for learning; they come again where the steps need more
MAX_VALIDATION: Final = 256  # for a head that is solved first
SMOOTHING: Final = 0.8
NUM_EARLY: Final = 15  # steps at rates that change nothing yet: what differs is the samples
RUINED_FACTOR: Final = 4.0
SAFETY: Final = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """One step: its rate and losses in nats; the smoothed one is a moving average."""

    learning_rate: float
    loss: float
    smoothed: float


def run_range_test(job: RangeTestJob, library: PresetLibrary, channel: Channel) -> None:
    """Do the job; ends with ``rates_tried``.

    What comes before the plan's last phase of gradient steps is cut short: a head is solved on
    some samples, and phases without labels and those that thaw group by group are left out. All
    is done on samples of the training split, as the plan deals them.

    Raises:
        TlguiError: the plan has no gradient steps; a file is gone or damaged.
        OSError: the data set; see there.
        JobStopped: a person asked for it.

    Source:
        Smith 2017, "Cyclical Learning Rates for Training Neural Networks", arXiv:1506.01186,
        section 3.3; the rates rise exponentially, so that all decades get as many steps.
    """
    dataset = dataset_from_json(Path(job.dataset).read_text(encoding="utf-8"))
    context = _context(job, library, channel, _few(dataset, job.plan))
    points: list[Point] = []
    for rate, loss in _steps(context):
        channel.stop_if_requested()
        if not math.isfinite(loss):
            break
        points.append(Point(learning_rate=rate, loss=loss, smoothed=_smoothed(points, loss)))
        channel.send(RateTried, learning_rate=rate, loss=points[-1].smoothed)
        if _is_ruined(points, len(dataset.classes)):
            break
    channel.send(RatesTried, suggested=suggested_rate(points))


def suggested_rate(points: Sequence[Point]) -> float:
    """Return a rate to train with, in one significant digit.

    It is a tenth of the highest rate whose smoothed loss is as low as the lowest one, as far as
    differences between samples let that be told. The lowest loss itself is reached when rates
    are already so high that training is about to break, and where a head was solved first the
    loss hardly falls at all, so that the place of the lowest one is chance.

    Args:
        points: In the order of the steps; () gives the lowest rate.
    """
    if not points:
        return LOWEST
    early = [point.loss for point in points[:NUM_EARLY]]
    # the variance of a moving average, against that of what it averages
    noise = float(np.std(early)) * math.sqrt((1 - SMOOTHING) / (1 + SMOOTHING))
    lowest = min(point.smoothed for point in points)
    highest = max(p.learning_rate for p in points if p.smoothed <= lowest + noise)
    return float(f"{highest / SAFETY:.0e}")


def _few(dataset: Dataset, plan: Plan) -> Dataset:
    """Return some samples of the training and of the validation split, of every class."""
    dataset.require_usable()
    if dataset.presplit or not all(sample.split for sample in dataset.samples):
        dataset = assign_splits(dataset, plan.split, plan.seed)
    rng = np.random.default_rng((plan.seed, 7))

    def some(samples: Sequence[Sample], most: int) -> list[Sample]:
        order = rng.permutation(len(samples)).tolist()
        needed = {samples[index].label: index for index in order}.values()
        chosen = [*dict.fromkeys([*needed, *order])][: max(most, len(needed))]
        return [samples[index] for index in sorted(chosen)]

    train = some(dataset.of_split("train"), MAX_SAMPLES)
    validation = some(dataset.of_split("validation"), MAX_VALIDATION)
    return replace(dataset, samples=(*train, *validation))


def _context(
    job: RangeTestJob, library: PresetLibrary, channel: Channel, dataset: Dataset
) -> TrainingContext:
    inputs = open_inputs(dataset, job.plan, library, channel)
    samples = sound_samples(dataset, dataset.samples, inputs, channel)
    return TrainingContext(
        run=RunFolder(Path(job.folder)),  # there is no run: it has no checkpoints, and gets none
        plan=job.plan,
        dataset=replace(dataset, samples=samples),
        library=library,
        inputs=inputs,
        replay=None,
        channel=channel,
        requested_s=job.requested_s,
    )


def _steps(context: TrainingContext) -> Iterator[tuple[float, float]]:
    """Yield the rate of every step and the loss before it."""
    phase = _phase(context.plan)
    feed = Feed(
        plan=context.plan,
        phase=phase,
        samples=context.dataset.of_split("train"),
        num_classes=len(context.dataset.classes),
        inputs=context.inputs,
        keeps_ends=context.preset.architecture == "transformer",
    )
    checkpoint = _start(context)
    context.channel.progress("loading", 0, 1)
    trainee = prepare_trainee(context, phase, checkpoint, feed.steps_per_epoch)
    if trainee.lower:
        states = open_states(context, phase, trainee.lower, feed.samples)
        feed = replace(feed, inputs=states)
    context.channel.progress("loading", 1, 1)
    growth = 10.0 ** (1 / STEPS_PER_DECADE)
    for step, lesson in zip(range(NUM_STEPS), _lessons(feed), strict=False):
        loss, _ = trainee.learn(lesson)
        yield LOWEST * growth**step, loss
        trainee.learning.slow_down(growth)


def _phase(plan: Plan) -> Phase:
    phases = gradient_phases(plan)
    if not phases:
        rule = "it takes no steps whose rate could be chosen"
        raise TlguiError("setting_invalid", name="strategy", value=plan.strategy, rule=rule)
    rules = replace(phases[-1].regularization, replay_fraction=0.0)
    return replace(phases[-1], schedule="constant", learning_rate=LOWEST, regularization=rules)


def _start(context: TrainingContext) -> Checkpoint:
    nothing = Checkpoint(tensors={}, position=Position())
    for phase in context.plan.phases:
        if phase.solver in ("convex", "neighbors"):
            tensors = solve_head_phase(context, phase, nothing).tensors
            return replace(nothing, tensors=tensors)
    return nothing


def _lessons(feed: Feed) -> Iterator[Lesson]:
    epoch = 0
    while True:
        epoch += 1
        yield from feed.lessons(epoch, 0)


def _smoothed(points: Sequence[Point], loss: float) -> float:
    """Return the moving average with the next loss, without a pull towards 0 at the start."""
    count = len(points)
    if not count:
        return loss
    weight = 1 - SMOOTHING**count
    total = SMOOTHING * points[-1].smoothed * weight + (1 - SMOOTHING) * loss
    return total / (1 - SMOOTHING ** (count + 1))


def _is_ruined(points: Sequence[Point], num_classes: int) -> bool:
    """Whether the loss is far above the lowest one, and above that of guessing."""
    lowest = min(point.smoothed for point in points)
    return points[-1].smoothed > max(RUINED_FACTOR * lowest, math.log(num_classes))
