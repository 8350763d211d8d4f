"""A run judged on samples it never saw."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tlgui.core import durable
from tlgui.core.comparing import mcnemar_p_value
from tlgui.core.dataset import Dataset, Problem, Sample
from tlgui.core.evaluation import BestMember, ClassCurves, ClassScore, Evaluation
from tlgui.core.events import ProblemFound
from tlgui.core.plan import Member
from tlgui.core.run_folder import RunFolder
from tlgui.engine.channel import Channel
from tlgui.engine.data.features import labels_of
from tlgui.engine.data.matching import scan_matching
from tlgui.engine.data.tables import TableColumns
from tlgui.engine.models.answerer import Told, mean_answer, open_answerer
from tlgui.engine.models.library import PresetLibrary
from tlgui.engine.models.temperature import cooled
from tlgui.engine.results.calibration import judge_calibration
from tlgui.engine.results.curves import class_curves
from tlgui.engine.results.evaluation_files import Answers, write_evaluation
from tlgui.engine.results.familiarity import judge_familiarity
from tlgui.engine.results.metrics import accuracy_estimate, evaluate_predictions
from tlgui.engine.results.reference import judge_reference
from tlgui.engine.results.self_knowledge import (
    SelfKnowledge,
    find_self_knowledge,
    read_self_knowledge,
)


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
    judged = Judged(split=dataset.folder, dataset=dataset, samples=dataset.samples, is_own=False)
    return _evaluate(run, library, judged, folder, channel)


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """Labeled samples, whose classes are the run's, in its order.

    Attributes:
        split: Name of the split, or the folder.
        dataset: Whose samples they are.
        samples: All or some of them.
        is_own: Whether the data set is the run's.
    """

    split: str
    dataset: Dataset
    samples: tuple[Sample, ...]
    is_own: bool = True


def _evaluate(
    run: RunFolder, library: PresetLibrary, judged: Judged, folder: Path, channel: Channel
) -> Evaluation:
    answerer = open_answerer(run, library)
    # the run's own samples need not be there any more where others are judged
    known = None if judged.is_own else read_self_knowledge(run, answerer)
    known = known or find_self_knowledge(run, answerer, channel, looks_back=judged.is_own)
    knowing = answerer.knowing(known.strangeness)
    said = knowing.of_samples(judged.dataset, judged.samples, channel, "testing")
    answers = _answers(said, labels_of(judged.samples), known)
    evaluation = replace(
        _judged_answers(judged, answers),
        epoch=answerer.epoch,
        reference=judge_reference(run, judged.dataset, judged.samples, channel),
        best_member=_best_member(run.read_plan().members, said.probabilities, answers),
        deals_differ=any(problem.code == "deals_differ" for problem in judged.dataset.problems),
    )
    with durable.published_folder(folder) as partial:
        write_evaluation(partial, judged.dataset, judged.samples, answers, evaluation, channel)
        if judged.is_own and known.strangeness is not None:
            known.strangeness.write(partial)
    return evaluation


def _answers(said: Told, labels: NDArray[np.int64], known: SelfKnowledge) -> Answers:
    """Return the answers of all models together; see ``Answerer.of_samples``."""
    uncorrected = mean_answer(said.probabilities)
    corrected = cooled(uncorrected, known.certainty.temperature)
    return Answers(
        labels=labels,
        told=said._replace(probabilities=corrected),
        uncorrected=uncorrected,
        known=known,
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
    is_won = answers.told.probabilities.argmax(axis=1) == answers.labels
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
    dataset, labels, (probabilities, strangeness) = judged.dataset, answers.labels, answers.told
    known = answers.known
    evaluation = evaluate_predictions(
        judged.split, dataset.classes, labels, probabilities.argmax(axis=1)
    )
    return replace(
        evaluation,
        classes=tuple(map(_with_areas, evaluation.classes, answers.curves)),
        num_unreadable=sum(p.count for p in dataset.problems if p.code == "file_unreadable"),
        modality=dataset.modality,
        calibration=judge_calibration(probabilities, labels, answers.uncorrected),
        certainty=known.certainty,
        familiarity=known.familiarity and judge_familiarity(known.familiarity, strangeness),
    )


def _with_areas(score: ClassScore, curves: ClassCurves) -> ClassScore:
    return replace(score, roc_auc=curves.roc_auc, average_precision=curves.average_precision)
