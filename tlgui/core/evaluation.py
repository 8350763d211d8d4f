"""How good a model is on samples it never saw, with the uncertainty of every number."""

import json
from dataclasses import asdict, dataclass

from tlgui.core.dataset import Modality
from tlgui.core.records import from_record, json_text


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """A fraction in [0, 1] with its 95 % confidence interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassScore:
    """Precision, recall and F1 of one class, each in [0, 1]."""

    name: str
    num_samples: int
    precision: float
    recall: float
    f1: float


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
class Evaluation:
    """The content of ``evaluation.json``.

    Attributes:
        split: Name of the split, or the folder that was evaluated.
        majority_baseline: Accuracy of always guessing the most frequent class.
        majority_class: Name of that class.
        confusion: Counts; rows are true classes, columns predicted ones.
        num_unreadable: Files that could not be read and are in no number.
        epoch: Of the run, whose model this is.
        modality: What a sample is.
        reference: What there is to beat, for texts.
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
    """

    file: str
    true: str
    predicted: str
    probability: float
