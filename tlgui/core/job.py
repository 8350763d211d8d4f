"""What the engine is asked to do: the content of a ``job.json``."""

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import ClassVar, Final, Literal

from tlgui.core import durable
from tlgui.core.ladder import RECOMMENDED
from tlgui.core.phase import AugmentationId
from tlgui.core.plan import Plan, SplitPlan
from tlgui.core.records import from_record

JOB = "job.json"

DocumentId = Literal["report", "card", "script"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """What every job has.

    Attributes:
        folder: Absolute path of the job's own folder, where its events go.
        requested_s: When a person asked for it, in seconds since the epoch, UTC.
    """

    kind: ClassVar[str] = ""
    folder: str
    requested_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanJob(Job):
    """Look through a folder or a table of labels; ``dataset.json`` goes to the job's folder."""

    kind: ClassVar[str] = "scan"
    source: str
    text_column: str = ""  # of a table of texts; "" is guessed
    label_column: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviewJob(Job):
    """Show a few pictures as a model will see them in training; they go to the job's folder."""

    kind: ClassVar[str] = "preview"
    dataset: str  # absolute path of dataset.json, of pictures
    preset: str
    augmentation: AugmentationId
    mixup: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class AdviseJob(Job):
    """Look at a few samples and recommend a model and a strategy."""

    kind: ClassVar[str] = "advise"
    dataset: str  # absolute path of dataset.json
    level: int = RECOMMENDED  # of the slider, an index into ``LEVELS``
    preset: str = ""  # that a person insists on; "" leaves it to the advisor
    strategy: str = ""  # likewise
    split: SplitPlan = field(default_factory=SplitPlan)  # what is dealt away may not be looked at
    seed: int = 0  # likewise


@dataclass(frozen=True, slots=True, kw_only=True)
class RangeTestJob(Job):
    """Try many learning rates on a plan's last phase of gradient steps; nothing is kept."""

    kind: ClassVar[str] = "range_test"
    dataset: str  # absolute path of dataset.json
    plan: Plan


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainJob(Job):
    """Train the run whose folder the job's folder is, from the start or where it ended."""

    kind: ClassVar[str] = "train"


@dataclass(frozen=True, slots=True, kw_only=True)
class EvaluateJob(Job):
    """Judge a run on its test split, or on another folder or table."""

    kind: ClassVar[str] = "evaluate"
    run: str
    source: str = ""  # "" is the test split
    text_column: str = ""  # of a source that is a table of texts; "" is guessed
    label_column: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class EnsembleJob(Job):
    """Let the best models of several runs answer together, and judge what comes of it.

    Ends with ``run_finished`` once the new run is whole, evaluation and all.
    """

    kind: ClassVar[str] = "ensemble"
    runs: tuple[str, ...]  # ensembles among them stand for their members
    to: str  # the folder of the new run


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewJob(Job):
    """Look for wrong labels and for shortcuts in the data of a run."""

    kind: ClassVar[str] = "review"
    run: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PredictJob(Job):
    """Give every file its class; folders are searched."""

    kind: ClassVar[str] = "predict"
    model: str  # a run, or a bundle that was exported
    files: tuple[str, ...]
    csv: str = ""  # "" writes predictions.csv into the job's folder
    threshold: float | None = None  # below which answers are "not sure"; None is the model's own
    has_thumbnails: bool = False  # whether small pictures of the first files go along


@dataclass(frozen=True, slots=True, kw_only=True)
class SortJob(Job):
    """Copy every file of a table of answers into a folder of its class."""

    kind: ClassVar[str] = "sort"
    csv: str
    to: str  # the folder that gets the folders of the classes


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerJob(Job):
    """Keep a model loaded and answer texts as they are typed, until asked to stop.

    Each question is a line of requests: ``ask`` and a JSON object with its number ``question``
    and its ``text``. Of several that wait only the last is answered.
    """

    kind: ClassVar[str] = "answer"
    model: str  # a run


@dataclass(frozen=True, slots=True, kw_only=True)
class ExplainJob(Job):
    """Say why a model answers as it does, to some samples or until asked to stop.

    Without files and texts it is asked by lines of requests: ``ask`` and a JSON object with its
    number ``question`` and either ``file`` or ``text``, and if another class than the predicted
    one is to be explained ``target``, or ``against`` for a class to compare with. Of several that
    wait only the last is answered.
    """

    kind: ClassVar[str] = "explain"
    model: str  # a run
    files: tuple[str, ...] = ()  # paths of its samples as in dataset.json, or of any files
    texts: tuple[str, ...] = ()
    target: str = ""  # class to explain and to compare the answer with; "" is the predicted one
    to: str = ""  # folder for what is found; "" is the job's


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportJob(Job):
    """Write the model of a run as a bundle that works without tlgui."""

    kind: ClassVar[str] = "export"
    run: str
    format: str  # of ``EXPORT_FORMATS``
    to: str  # the bundle's folder
    quantize: str = ""  # of ``QUANTIZATIONS``; "" leaves the weights as they are


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentJob(Job):
    """Write something about a run that people hand on."""

    kind: ClassVar[str] = "document"
    run: str
    document: DocumentId
    to: str  # the file


JOBS: Final[dict[str, type[Job]]] = {cls.kind: cls for cls in Job.__subclasses__()}


def write_job(job: Job) -> Path:
    """Write the job into its folder and return the file.

    It is not forced onto the disk, for which the window would have to wait: a power cut ends the
    job too.

    Raises:
        TlguiError: the folder cannot be written.
    """
    folder = Path(job.folder)
    durable.make_folder(folder)
    content = json.dumps({"kind": job.kind, **asdict(job)})
    durable.replace_file(folder / JOB, content, is_forced=False)
    return folder / JOB


def read_job(path: Path) -> Job:
    """Return the job of a file.

    Raises:
        ValueError: it is not a job this version knows.
    """
    record = json.loads(path.read_text(encoding="utf-8"))
    cls = JOBS.get(str(record.get("kind"))) if isinstance(record, dict) else None
    if cls is None:
        raise ValueError(f"no job of a known kind: {path}")
    return from_record(cls, record)
