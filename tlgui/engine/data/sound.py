"""Pictures that no scan has decoded, decoded before anything is learned from them."""

from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace

from tlgui.core.dataset import NOT_DECODED, Dataset, Problem, Sample
from tlgui.core.events import ProblemFound
from tlgui.engine.channel import Channel
from tlgui.engine.data.found_files import unreadable
from tlgui.engine.data.hygiene import small_classes, unjudged_classes
from tlgui.engine.data.inputs import Inputs
from tlgui.engine.data.picture_inputs import PictureInputs
from tlgui.engine.data.problem_list import ProblemList


def without_damaged(dataset: Dataset, inputs: Inputs, channel: Channel) -> Dataset:
    """Return a data set of which every sample can be decoded, and tell of the others by name.

    All others stay on the side they were dealt to. Where a scan has decoded everything there is
    nothing to do. The pixels are kept for whoever wants them next.

    Args:
        dataset: Dealt to sides.
        inputs: Its samples.
        channel: Gets the progress, and a ``ProblemFound`` for each damaged one.

    Raises:
        TlguiError: too little of a class is left.
        JobStopped: a person asked for it.
    """
    if not _is_left_open(dataset) or not isinstance(inputs, PictureInputs):
        return dataset
    reasons = _damaged(dataset.samples, inputs, channel)
    problems = ProblemList()
    for path, reason in reasons.items():
        problems.add(unreadable(path, reason))
    for problem in problems.problems():
        channel.send(ProblemFound, problem=problem)
    kept = tuple(sample for sample in dataset.samples if sample.path not in reasons)
    known = tuple(problem for problem in dataset.problems if problem.code != NOT_DECODED)
    missed = _missed_classes(kept, dataset.classes) if reasons else ()
    sound = replace(dataset, samples=kept, problems=(*known, *problems.problems(), *missed))
    sound.require_usable()
    return sound


def sound_samples(
    dataset: Dataset, samples: Sequence[Sample], inputs: Inputs, channel: Channel
) -> tuple[Sample, ...]:
    """Return those of some samples that can be decoded; see ``without_damaged``."""
    if not _is_left_open(dataset) or not isinstance(inputs, PictureInputs):
        return tuple(samples)
    reasons = _damaged(samples, inputs, channel)
    return tuple(sample for sample in samples if sample.path not in reasons)


def _missed_classes(samples: Sequence[Sample], classes: Sequence[str]) -> tuple[Problem, ...]:
    """Return the classes of which some side has too little; the samples are dealt."""
    too_small = small_classes(samples, classes, presplit=True)
    return (*too_small, *unjudged_classes(samples, classes))


def _is_left_open(dataset: Dataset) -> bool:
    return any(problem.code == NOT_DECODED for problem in dataset.problems)


def _damaged(samples: Sequence[Sample], inputs: PictureInputs, channel: Channel) -> dict[str, str]:
    """Return the paths of the samples that cannot be decoded, each with the reason."""
    reasons: dict[str, str] = {}
    with closing(inputs.why_not(samples)) as decoded:
        for number, (sample, reason) in enumerate(zip(samples, decoded, strict=True), start=1):
            channel.stop_if_requested()
            channel.progress("decoding", number, len(samples))
            if reason:
                reasons[sample.path] = reason
    return reasons
