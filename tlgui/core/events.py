"""Every message of the engine; the window and the run folder know nothing else of it."""

import json
from dataclasses import asdict, dataclass
from typing import ClassVar, Final, Literal

from tlgui.core.advice import Advice
from tlgui.core.dataset import Modality, Problem
from tlgui.core.dataset_summary import DatasetSummary
from tlgui.core.energy import Energy
from tlgui.core.errors import Detail
from tlgui.core.evaluation import Estimate, Evaluation
from tlgui.core.explanation import Explanation, Neighbor
from tlgui.core.facts import Facts
from tlgui.core.records import from_record, json_text
from tlgui.core.review import Review

PROTOCOL_VERSION: Final = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """What every event carries; ``seq`` counts from 1 without gaps within one job."""

    kind: ClassVar[str] = ""
    ends_job: ClassVar[bool] = False
    seq: int
    time_s: float  # seconds since the epoch, UTC

    def to_json(self) -> str:
        """Return the event as one line of JSON, without the newline."""
        record = {"v": PROTOCOL_VERSION, "kind": self.kind, **asdict(self)}
        return json_text(record)


@dataclass(frozen=True, slots=True, kw_only=True)
class Progressed(Event):
    """Some work has come further; ``activity`` has a label in ``wording.py``."""

    kind: ClassVar[str] = "progressed"
    activity: str
    done: int
    total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceReported(Event):
    """What really computes, from a computation that ran there."""

    kind: ClassVar[str] = "device_reported"
    device: Literal["cpu", "gpu"]
    name: str
    num_cores: int
    memory_bytes: int  # of the GPU, or of the machine
    samples_per_s: float  # forward pass of the embedded preset; 0 if not measured


@dataclass(frozen=True, slots=True, kw_only=True)
class ProblemFound(Event):
    """A scan or a training met something a person should know."""

    kind: ClassVar[str] = "problem_found"
    problem: Problem


@dataclass(frozen=True, slots=True, kw_only=True)
class ThumbnailReady(Event):
    """A small picture of a sample is on disk."""

    kind: ClassVar[str] = "thumbnail_ready"
    path: str  # of the sample, relative to the data set's folder
    class_name: str
    file: str  # absolute path of the thumbnail


@dataclass(frozen=True, slots=True, kw_only=True)
class SnippetReady(Event):
    """The beginning of a text that was read."""

    kind: ClassVar[str] = "snippet_ready"
    path: str  # of the sample
    class_name: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanFinished(Event):
    """The data set is on disk beside the events, as ``dataset.json``."""

    kind: ClassVar[str] = "scan_finished"
    ends_job: ClassVar[bool] = True
    dataset: str  # absolute path of dataset.json
    folder: str
    classes: tuple[str, ...]
    class_counts: tuple[int, ...]
    num_samples: int
    num_unreadable: int
    num_ignored: int
    usable: bool  # a model can be trained on it as it is
    modality: Modality = "image"
    summary: DatasetSummary | None = None  # older versions did not tell it


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviewReady(Event):
    """Small pictures of a few samples, as they are and as a model will see them, are on disk."""

    kind: ClassVar[str] = "preview_ready"
    ends_job: ClassVar[bool] = True
    originals: tuple[str, ...]  # absolute paths, by sample
    files: tuple[tuple[str, ...], ...]  # the variants of each


@dataclass(frozen=True, slots=True, kw_only=True)
class AdviceReady(Event):
    """What is recommended; with the facts, other levels can be asked for without the engine."""

    kind: ClassVar[str] = "advice_ready"
    ends_job: ClassVar[bool] = True
    facts: Facts
    advice: Advice


@dataclass(frozen=True, slots=True, kw_only=True)
class RunStarted(Event):
    """The data is split and training is about to begin."""

    kind: ClassVar[str] = "run_started"
    run: str
    preset: str
    strategy: str
    classes: tuple[str, ...]
    num_train: int
    num_validation: int
    num_test: int
    majority_class: str
    majority_baseline: float  # fraction of validation samples of that class
    max_epochs: int
    modality: Modality = "image"


@dataclass(frozen=True, slots=True, kw_only=True)
class EnsembleFormed(Event):
    """Runs that will answer together were found to fit; they are about to be judged."""

    kind: ClassVar[str] = "ensemble_formed"
    run: str
    members: tuple[str, ...]  # names of runs
    num_validation: int  # samples that none of them has learned from
    num_test: int  # samples that none of them has learned from or was chosen by
    modality: Modality = "image"


@dataclass(frozen=True, slots=True, kw_only=True)
class RunResumed(Event):
    """Training goes on from a checkpoint; whatever came after that checkpoint is void."""

    kind: ClassVar[str] = "run_resumed"
    epoch: int  # the last whole epoch, 0 for none
    step: int  # steps of the next epoch that are already done
    modality: Modality = "image"


@dataclass(frozen=True, slots=True, kw_only=True)
class PhaseStarted(Event):
    """Other weights learn from now on."""

    kind: ClassVar[str] = "phase_started"
    phase: str
    epochs: int  # at most
    after_epoch: int  # epochs of the whole run before this phase
    trained_groups: tuple[bool, ...]  # layer groups from the input to the head
    num_trained: int  # weights that learn
    num_parameters: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstResult(Event):
    """The first accuracy on validation samples."""

    kind: ClassVar[str] = "first_result"
    val_accuracy: Estimate
    num_samples: int
    elapsed_s: float  # since the command or the press of Train


@dataclass(frozen=True, slots=True, kw_only=True)
class StepEnded(Event):
    """One update of the weights; sent at most ten times per second."""

    kind: ClassVar[str] = "step_ended"
    epoch: int  # 1-based, counted over the whole run
    step: int  # 1-based within the epoch
    num_steps: int
    loss: float
    accuracy: float
    learning_rate: float
    samples_per_s: float
    memory_bytes: int  # resident memory of the engine


@dataclass(frozen=True, slots=True, kw_only=True)
class EpochEnded(Event):
    """One whole epoch is over and its checkpoint is already on disk."""

    kind: ClassVar[str] = "epoch_ended"
    phase: str
    epoch: int  # 1-based, counted over the whole run
    train_loss: float
    train_accuracy: float
    val_loss: float
    val_accuracy: float
    learning_rates: tuple[float, ...]  # per step, head first; () for a solved head
    duration_s: float
    calibrated_val_loss: float | None = None  # None in runs of earlier versions

    @property
    def badness(self) -> float:
        """What the best epoch has least of.

        The validation loss would call an epoch bad for being too sure of its answers, though it
        tells the classes apart better: calibration takes that out.
        """
        return self.val_loss if self.calibrated_val_loss is None else self.calibrated_val_loss


@dataclass(frozen=True, slots=True, kw_only=True)
class AdaptationEpochEnded(Event):
    """One whole epoch without labels is over and its checkpoint is already on disk.

    Right is a hidden word that was guessed, or a picture whose other variation was found among
    those of its batch. Nothing of it says how well classes are told apart.
    """

    kind: ClassVar[str] = "adaptation_epoch_ended"
    phase: str
    epoch: int  # 1-based, counted over the whole run
    train_loss: float
    train_accuracy: float
    val_loss: float  # of the validation split, which is looked at, but not learned from
    val_accuracy: float
    learning_rate: float  # per step, of the backbone
    duration_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class RateTried(Event):
    """One step of a learning-rate range test."""

    kind: ClassVar[str] = "rate_tried"
    learning_rate: float
    loss: float  # in nats, smoothed over the steps


@dataclass(frozen=True, slots=True, kw_only=True)
class RatesTried(Event):
    """A learning-rate range test is over; nothing of what was learned is kept."""

    kind: ClassVar[str] = "rates_tried"
    ends_job: ClassVar[bool] = True
    suggested: float  # learning rate per step


@dataclass(frozen=True, slots=True, kw_only=True)
class EnergyMeasured(Event):
    """What the run has taken so far, all sittings together; comes before a sitting's end."""

    kind: ClassVar[str] = "energy_measured"
    energy: Energy


@dataclass(frozen=True, slots=True, kw_only=True)
class RunFinished(Event):
    """Training is over; the best epoch is kept and evaluated on the test split."""

    kind: ClassVar[str] = "run_finished"
    ends_job: ClassVar[bool] = True
    run: str
    best_epoch: int  # 0 for an ensemble, which has none
    val_accuracy: float
    test_accuracy: Estimate


@dataclass(frozen=True, slots=True, kw_only=True)
class RunStopped(Event):
    """A person stopped or paused; everything is saved."""

    kind: ClassVar[str] = "run_stopped"
    ends_job: ClassVar[bool] = True
    run: str
    reason: Literal["stopped", "paused"]
    best_epoch: int | None
    val_accuracy: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RunFailed(Event):
    """A job of any kind ended with an error; ``code`` has a sentence in ``wording.py``."""

    kind: ClassVar[str] = "run_failed"
    ends_job: ClassVar[bool] = True
    code: str
    detail: dict[str, Detail]
    technical: str = ""  # for Copy details


@dataclass(frozen=True, slots=True, kw_only=True)
class EvaluationFinished(Event):
    """The evaluation is on disk, and here."""

    kind: ClassVar[str] = "evaluation_finished"
    ends_job: ClassVar[bool] = True
    folder: str  # that holds evaluation.json and predictions.csv
    evaluation: Evaluation


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewFinished(Event):
    """What is odd about the labels is on disk, and here."""

    kind: ClassVar[str] = "review_finished"
    ends_job: ClassVar[bool] = True
    folder: str  # that holds review.json and suspects.csv
    review: Review


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """How probable one class is."""

    name: str
    probability: float


@dataclass(frozen=True, slots=True, kw_only=True)
class SamplePredicted(Event):
    """The model's answer for one file.

    Attributes:
        file: Its path, or that of a table and the row.
        predicted: The most probable class.
        probability: Of that class.
        is_sure: Whether it is as sure as answers of this model have to be.
        is_unfamiliar: Whether it is unlike anything the model was trained on.
        shares: The most probable classes, the first one first.
        thumbnail: Absolute path of its small picture, or "" where none was written.
        text: Beginning of the text, or "" of a picture.
    """

    kind: ClassVar[str] = "sample_predicted"
    file: str
    predicted: str
    probability: float
    is_sure: bool = True
    is_unfamiliar: bool = False
    shares: tuple[Share, ...] = ()
    thumbnail: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswersReady(Event):
    """The model is loaded and answers whatever it is asked, see ``AnswerJob``."""

    kind: ClassVar[str] = "answers_ready"
    classes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TextAnswered(Event):
    """The model's answer to one text that was typed."""

    kind: ClassVar[str] = "text_answered"
    question: int  # number that came with the text
    probabilities: tuple[float, ...]  # by class; () where the model knows no word of it
    num_tokens: int
    num_cut: int  # tokens beyond what the model reads
    is_unfamiliar: bool = False  # unlike anything the model was trained on


@dataclass(frozen=True, slots=True, kw_only=True)
class PredictionFinished(Event):
    """Every file has its answer, or its reason for none."""

    kind: ClassVar[str] = "prediction_finished"
    ends_job: ClassVar[bool] = True
    num_samples: int
    num_unreadable: int
    csv: str  # absolute path
    num_unfamiliar: int = 0  # of the samples with an answer


@dataclass(frozen=True, slots=True, kw_only=True)
class CopiesFinished(Event):
    """Every file of a table of answers has its sorted copy, or its reason for none."""

    kind: ClassVar[str] = "copies_finished"
    ends_job: ClassVar[bool] = True
    folder: str  # absolute path of the folder with the folders of the classes
    num_copied: int
    num_rows: int  # of tables, which are no files
    num_failed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ExplainerReady(Event):
    """The model is loaded and says why it answers as it does, see ``ExplainJob``."""

    kind: ClassVar[str] = "explainer_ready"
    classes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleExplained(Event):
    """What speaks for an answer to one sample."""

    kind: ClassVar[str] = "sample_explained"
    question: int  # number that came with it
    explanation: Explanation


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleNotExplained(Event):
    """One sample has no explanation; ``code`` has a sentence in ``wording.py``."""

    kind: ClassVar[str] = "sample_not_explained"
    question: int  # number that came with it
    code: str
    detail: dict[str, Detail]


@dataclass(frozen=True, slots=True, kw_only=True)
class NeighborsFound(Event):
    """The training samples that the model finds most like a sample, the nearest first."""

    kind: ClassVar[str] = "neighbors_found"
    question: int  # number that came with the sample
    file: str  # see ``Explanation``
    neighbors: tuple[Neighbor, ...]
    num_compared: int
    num_train: int  # more than that where only a random part of them was compared


@dataclass(frozen=True, slots=True, kw_only=True)
class ExplanationsFinished(Event):
    """Every sample that was asked about is explained, or has its reason for none."""

    kind: ClassVar[str] = "explanations_finished"
    ends_job: ClassVar[bool] = True
    num_explained: int
    num_failed: int
    folder: str  # that holds the pictures and explanations.jsonl


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportFinished(Event):
    """The bundle is complete; it was reloaded in a fresh process and compared."""

    kind: ClassVar[str] = "export_finished"
    ends_job: ClassVar[bool] = True
    format: str
    folder: str
    num_bytes: int
    num_samples: int
    label_agreement: float  # fraction in [0, 1]
    max_probability_difference: float
    samples_per_s: float = 0.0  # in a process of its own on this computer, one batch at a time
    model_bytes: int = 0  # of the model alone
    # of weights that were made smaller: on the validation split, beside the export as it is
    quantize: str = ""
    num_validation: int = 0
    accuracy: float | None = None
    float_accuracy: float | None = None
    float_samples_per_s: float = 0.0
    float_model_bytes: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentWritten(Event):
    """A report, a model card or a script about a run is on disk."""

    kind: ClassVar[str] = "document_written"
    ends_job: ClassVar[bool] = True
    document: str  # see ``DocumentJob``
    file: str  # absolute path
    others: tuple[str, ...] = ()  # absolute paths of what it needs beside it


@dataclass(frozen=True, slots=True, kw_only=True)
class JobCancelled(Event):
    """A person stopped a job that leaves nothing behind, such as a scan."""

    kind: ClassVar[str] = "job_cancelled"
    ends_job: ClassVar[bool] = True


KINDS: Final[dict[str, type[Event]]] = {cls.kind: cls for cls in Event.__subclasses__()}


def from_json(line: str) -> Event | None:
    """Return the event, or None for a kind this version does not know.

    Raises:
        ValueError: the line is not JSON, or a field is missing or of the wrong type.
    """
    record = json.loads(line)
    if not isinstance(record, dict):
        raise ValueError(f"no event: {line!r:.80}")
    cls = KINDS.get(str(record.get("kind")))
    return from_record(cls, record) if cls else None
