"""How good a model is on samples it never saw, with the uncertainty of every number."""

import json
from dataclasses import asdict, dataclass
from typing import Final

from tlgui.core.dataset import Modality
from tlgui.core.records import from_record, json_text

UNFAMILIAR: Final = 1.0  # what is stranger is unlike anything a model was trained on


def is_unfamiliar(strangeness: float | None) -> bool:
    """Return whether something is unlike anything the model was trained on, as far as known."""
    return strangeness is not None and strangeness > UNFAMILIAR


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """A fraction in [0, 1] with its 95 % confidence interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassScore:
    """How well one class is told from all others; every figure is in [0, 1].

    Attributes:
        name: Of the class.
        num_samples: How many of it there were.
        precision: Fraction of right answers among those that named it.
        recall: Fraction of its samples that were recognized.
        f1: Harmonic mean of both.
        roc_auc: Area under the receiver operating characteristic; None where all samples or none
            are of this class.
        average_precision: Area under the curve of precision and recall; likewise.
    """

    name: str
    num_samples: int
    precision: float
    recall: float
    f1: float
    roc_auc: float | None = None
    average_precision: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassCurves:
    """What happens to one class when answers need more or less to name it.

    Attributes:
        roc: Fractions of the others and of the class that are taken for it, from none to all.
        precision_recall: Recall and precision, from the surest answers to all.
        roc_auc: See ``ClassScore``.
        average_precision: Likewise.
    """

    roc: tuple[tuple[float, float], ...] = ()
    precision_recall: tuple[tuple[float, float], ...] = ()
    roc_auc: float | None = None
    average_precision: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfidenceBin:
    """Answers that were about equally sure.

    Attributes:
        num_samples: How many.
        confidence: Their mean probability.
        accuracy: The fraction of them that was right.
    """

    num_samples: int
    confidence: float
    accuracy: Estimate


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibration:
    """Whether answers that claim 90 % are right nine times in ten, on the test samples.

    Attributes:
        error: Mean gap between what answers claim and how often they are right.
        uncorrected_error: The same without the temperature.
        bins: Of equal width from 0 to 1, without the empty ones.
    """

    error: Estimate
    uncorrected_error: Estimate
    bins: tuple[ConfidenceBin, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """What is left when everything less sure than a threshold is called "not sure".

    Attributes:
        threshold: Smallest probability of an answer.
        num_answered: Validation samples with an answer.
        accuracy: Fraction of these answers that is right; None where there is none.
    """

    threshold: float
    num_answered: int
    accuracy: Estimate | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Certainty:
    """What the validation samples tell of how sure answers may be.

    Attributes:
        temperature: Divides the logits; the probabilities of the run are those after it.
        num_samples: Validation samples.
        answered: By rising threshold.
    """

    temperature: float
    num_samples: int
    answered: tuple[Answered, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Familiarity:
    """How many of the judged samples are unlike anything the model was trained on.

    Attributes:
        num_validation: Samples that say from where on something is unfamiliar.
        expected: Share of ordinary samples that is flagged all the same; None where the samples
            are too few to say, and nothing is flagged.
        num_unfamiliar: How many were flagged.
        share: That, of all judged; None where nothing is flagged.
    """

    num_validation: int
    expected: float | None = None
    num_unfamiliar: int = 0
    share: Estimate | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """What a plain method without any pretraining reaches on the same samples.

    Attributes:
        name: Preset id of the method.
        accuracy: Fraction of right answers.
        macro_f1: Mean F1 of the classes that occur.
    """

    name: str
    accuracy: Estimate
    macro_f1: Estimate


@dataclass(frozen=True, slots=True, kw_only=True)
class BestMember:
    """The one model of an ensemble that is best on the same samples, beside all together.

    It is picked by these very samples, which flatters it and not the ensemble.

    Attributes:
        name: Of its run.
        accuracy: Fraction of right answers that it gives alone.
        num_won: Samples that only the ensemble gets right.
        num_lost: Samples that only this member gets right.
        p_value: Of McNemar's test, see ``Comparison``.
    """

    name: str
    accuracy: Estimate
    num_won: int
    num_lost: int
    p_value: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation:
    """The content of ``evaluation.json``.

    Attributes:
        split: Name of the split, or the folder that was evaluated.
        majority_baseline: Accuracy of always guessing the most frequent class.
        majority_class: Name of that class.
        confusion: Counts; rows are true classes, columns predicted ones.
        num_unreadable: Files that could not be read and are in no number.
        epoch: Of the run, whose model this is; 0 for an ensemble.
        modality: What a sample is.
        reference: What there is to beat, for texts.
        calibration: Whether the probabilities can be believed; None in runs of earlier versions.
        certainty: What the validation samples say of that; likewise.
        best_member: What one model of an ensemble reaches alone; None for other runs.
        deals_differ: The members of an ensemble were dealt different samples to learn from, so
            that only what is left to all of them judges it.
        familiarity: How many samples are unlike those it was trained on; None in runs of earlier
            versions, for ensembles, and where words are only counted.
    """

    split: str
    num_samples: int
    accuracy: Estimate
    balanced_accuracy: Estimate
    macro_f1: Estimate
    majority_baseline: float
    majority_class: str
    classes: tuple[ClassScore, ...]
    confusion: tuple[tuple[int, ...], ...]
    num_unreadable: int = 0
    epoch: int = 0
    modality: Modality = "image"
    reference: Reference | None = None
    calibration: Calibration | None = None
    certainty: Certainty | None = None
    best_member: BestMember | None = None
    deals_differ: bool = False
    familiarity: Familiarity | None = None

    @property
    def is_distinguishable(self) -> bool:
        """Whether the model is surely better than always guessing the most frequent class."""
        return self.accuracy.low > self.majority_baseline

    def to_json(self) -> str:
        """Return the evaluation as indented JSON, for people too."""
        return json_text(asdict(self), indent=2)


def evaluation_from_json(text: str) -> Evaluation:
    """Return the evaluation that ``Evaluation.to_json`` wrote.

    Raises:
        ValueError: the text is not such an evaluation.
    """
    return from_record(Evaluation, json.loads(text))


@dataclass(frozen=True, slots=True, kw_only=True)
class Prediction:
    """One line of ``predictions.csv``.

    Attributes:
        file: Path as given, or relative to the data set's folder.
        true: The class it is known to be, or "" where nobody knows.
        predicted: The most probable class.
        probability: Of the predicted class, in [0, 1].
        digest: Of its content, see ``Sample``; "" in runs of earlier versions.
        is_unfamiliar: Whether it is unlike anything the model was trained on.
        strangeness: How unlike that it is; None where nobody knows, as in runs of earlier
            versions.
    """

    file: str
    true: str
    predicted: str
    probability: float
    digest: str = ""
    is_unfamiliar: bool = False
    strangeness: float | None = None
