"""A run judged on samples it never saw."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tlgui.core import durable
from tlgui.core.comparing import mcnemar_p_value
from tlgui.core.dataset import Dataset, Problem, Sample
from tlgui.core.evaluation import BestMember, Certainty, ClassCurves, ClassScore, Evaluation
from tlgui.core.events import ProblemFound
from tlgui.core.plan import Member
from tlgui.core.run_folder import RunFolder
from tlgui.engine.channel import Channel
from tlgui.engine.data.features import labels_of
from tlgui.engine.data.matching import scan_matching
from tlgui.engine.data.tables import TableColumns
from tlgui.engine.models.answerer import Answerer, mean_answer, open_answerer
from tlgui.engine.models.classifiers import certainty_of
from tlgui.engine.models.library import PresetLibrary
from tlgui.engine.models.temperature import cooled
from tlgui.engine.results.calibration import find_certainty, judge_calibration
from tlgui.engine.results.curves import class_curves
from tlgui.engine.results.evaluation_files import Answers, write_evaluation
from tlgui.engine.results.metrics import accuracy_estimate, evaluate_predictions
from tlgui.engine.results.reference import judge_reference


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A folder or a table, and the columns of it that matter."""

    path: Path
    columns: TableColumns


def evaluate_run(run: RunFolder, library: PresetLibrary, channel: Channel) -> Evaluation:
    """Evaluate the best epoch on the test split and write it to the run's folder.

    Raises:
        TlguiError: there is no result yet, or a sample is gone or damaged.
        JobStopped: a person asked for it; an older evaluation stays.
    """
    dataset = run.read_dataset()
    test = Judged(split="test", dataset=dataset, samples=dataset.of_split("test"))
    return _evaluate(run, library, test, run.evaluation, channel)


def evaluate_folder(
    run: RunFolder, library: PresetLibrary, source: Source, folder: Path, channel: Channel
) -> Evaluation:
    """Evaluate the best epoch on another folder or table of samples with the same classes.

    Samples that the model has learned from are reported: they flatter the result.

    Raises:
        TlguiError: the samples or their classes are not those of the run, nothing can be read,
            or there is no result yet.
        JobStopped: a person asked for it.
    """
    own = run.read_dataset()
    dataset = scan_matching(source.path, source.columns, own, channel)
    known = {s.digest for s in own.samples if s.split in ("train", "validation")}
    num_known = sum(sample.digest in known for sample in dataset.samples)
    if num_known:
        problem = Problem(code="seen_in_training", path=str(source.path), count=num_known)
        channel.send(ProblemFound, problem=problem)
    judged = Judged(split=dataset.folder, dataset=dataset, samples=dataset.samples)
    return _evaluate(run, library, judged, folder, channel, is_own=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """Labeled samples, whose classes are the run's, in its order.

    Attributes:
        split: Name of the split, or the folder.
        dataset: Whose samples they are.
        samples: All or some of them.
    """

    split: str
    dataset: Dataset
    samples: tuple[Sample, ...]


def _evaluate(
    run: RunFolder,
    library: PresetLibrary,
    judged: Judged,
    folder: Path,
    channel: Channel,
    *,
    is_own: bool = True,
) -> Evaluation:
    answerer = open_answerer(run, library)
    # the run's own samples need not be there any more where others are judged
    certainty = None if is_own else certainty_of(run, answerer.epoch)
    certainty = certainty or _certainty(run, answerer, channel)
    said = answerer.of_samples(judged.dataset, judged.samples, channel, "testing")
    answers = _answers(said, labels_of(judged.samples), certainty)
    evaluation = replace(
        _judged_answers(judged, answers),
        epoch=answerer.epoch,
        reference=judge_reference(run, judged.dataset, judged.samples, channel),
        best_member=_best_member(run.read_plan().members, said, answers),
        deals_differ=any(problem.code == "deals_differ" for problem in judged.dataset.problems),
    )
    with durable.published_folder(folder) as partial:
        write_evaluation(partial, judged.dataset, judged.samples, answers, evaluation, channel)
    return evaluation


def _certainty(run: RunFolder, answerer: Answerer, channel: Channel) -> Certainty:
    own = run.read_dataset()
    validation = own.of_split("validation")
    unseen = mean_answer(answerer.of_samples(own, validation, channel, "validating"))
    return find_certainty(unseen, labels_of(validation))


def _answers(said: NDArray[np.float32], labels: NDArray[np.int64], certainty: Certainty) -> Answers:
    """Return the answers of all models together; see ``Answerer.of_samples``."""
    uncorrected = mean_answer(said)
    corrected = cooled(uncorrected, certainty.temperature)
    return Answers(
        labels=labels,
        probabilities=corrected,
        uncorrected=uncorrected,
        certainty=certainty,
        curves=class_curves(corrected, labels),
    )


def _best_member(
    members: Sequence[Member], said: NDArray[np.float32], answers: Answers
) -> BestMember | None:
    """Return the best model of an ensemble on the same samples; None for other runs."""
    if not members:
        return None
    is_right = said.argmax(axis=2) == answers.labels
    best = int(is_right.sum(axis=1).argmax())
    is_won = answers.probabilities.argmax(axis=1) == answers.labels
    num_won = int((is_won & ~is_right[best]).sum())
    num_lost = int((is_right[best] & ~is_won).sum())
    return BestMember(
        name=members[best].name,
        accuracy=accuracy_estimate(int(is_right[best].sum()), len(answers.labels)),
        num_won=num_won,
        num_lost=num_lost,
        p_value=mcnemar_p_value(num_won, num_lost),
    )


def _judged_answers(judged: Judged, answers: Answers) -> Evaluation:
    dataset, labels, probabilities = judged.dataset, answers.labels, answers.probabilities
    evaluation = evaluate_predictions(
        judged.split, dataset.classes, labels, probabilities.argmax(axis=1)
    )
    return replace(
        evaluation,
        classes=tuple(map(_with_areas, evaluation.classes, answers.curves)),
        num_unreadable=sum(p.count for p in dataset.problems if p.code == "file_unreadable"),
        modality=dataset.modality,
        calibration=judge_calibration(probabilities, labels, answers.uncorrected),
        certainty=answers.certainty,
    )


def _with_areas(score: ClassScore, curves: ClassCurves) -> ClassScore:
    return replace(score, roc_auc=curves.roc_auc, average_precision=curves.average_precision)
