"""Entry of the engine process: one job from its file to its one end event."""

import contextlib
import logging
import os
import sys
import traceback
from collections.abc import Sequence
from pathlib import Path
from typing import IO

import psutil

from tlgui.core import durable
from tlgui.core.dataset import Dataset
from tlgui.core.dataset_summary import summary_of
from tlgui.core.errors import TlguiError
from tlgui.core.events import (
    DeviceReported,
    EvaluationFinished,
    JobCancelled,
    RunFailed,
    ScanFinished,
)
from tlgui.core.job import (
    AdviseJob,
    AnswerJob,
    DocumentJob,
    EnsembleJob,
    EvaluateJob,
    ExplainJob,
    ExportJob,
    Job,
    PredictJob,
    PreviewJob,
    RangeTestJob,
    ReviewJob,
    ScanJob,
    SortJob,
    TrainJob,
    read_job,
)
from tlgui.core.planning import DEFAULT_PRESETS
from tlgui.core.run_folder import DATASET, ENGINE_LOG, open_run
from tlgui.core.settings import application_home, read_settings
from tlgui.engine.channel import (
    Channel,
    JobStopped,
    follow_requests,
    print_to,
    take_stdin,
    take_stdout,
)
from tlgui.engine.data.token_counts import CountTokens, TokenCounter
from tlgui.engine.models.library import PresetLibrary, open_library

log = logging.getLogger(__name__)


def main(argv: Sequence[str]) -> int:
    """Run the job of the file ``argv[0]``, or of the file named on stdin for ``-``."""
    if argv[:1] == ["--check-bundle"]:
        from tlgui.engine.results.check_bundle import main as check_bundle

        return check_bundle(list(argv[1:]))
    if argv[:1] == ["--read-h5"]:
        from tlgui.engine.models.h5_tensors import main as read_h5

        return read_h5(list(argv[1:]))
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s")
    prepare_environment()
    yield_to_the_window()
    events, requests = take_stdout(), take_stdin()
    if argv[:1] != ["-"]:
        return _work(Path(argv[0]), events, requests)
    _warm_up(events)
    line = requests.readline().rstrip("\r\n")
    if not line:
        return 0  # the window closed without another job
    _log_into(Path(line).parent / ENGINE_LOG)
    return _work(Path(line), events, requests)


def prepare_environment() -> None:
    """Choose Keras' backend and quiet TensorFlow, unless the environment says otherwise."""
    os.environ.setdefault("KERAS_BACKEND", "tensorflow")
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    # an engine that waits must not hold the whole GPU
    os.environ.setdefault("TF_FORCE_GPU_ALLOW_GROWTH", "true")


def yield_to_the_window() -> None:
    """Compute with what is left: a window that waits for a core is a window that stalls."""
    process = psutil.Process()
    if sys.platform == "win32":  # pragma: no cover
        process.nice(psutil.BELOW_NORMAL_PRIORITY_CLASS)
    else:
        process.nice(max(10, process.nice()))


def run_job(job: Job, channel: Channel) -> None:
    """Do the job; whatever happens becomes one end event."""
    try:
        _dispatch_with_store(job, channel)
    except JobStopped:
        channel.send(JobCancelled)
    except TlguiError as error:
        _fail(channel, error)
    except MemoryError:
        _fail(channel, TlguiError("out_of_memory", batch_size="the present one"))
    except Exception as error:  # noqa: BLE001 (the border of the process)
        _fail(channel, translated(error))


def translated(error: Exception) -> TlguiError:
    """Return the error that a person can act on in place of one that a library raised."""
    name = type(error).__name__
    if name in ("ResourceExhaustedError", "OutOfMemoryError"):
        return TlguiError("out_of_memory", batch_size="the present one")
    if isinstance(error, OSError) and error.filename:
        path, reason = str(error.filename), error.strerror or name
        return TlguiError("path_not_usable", path=path, reason=reason)
    return TlguiError("internal_error", reason=f"{name}: {str(error)[:200]}")


def _work(job_file: Path, events: IO[str], requests: IO[str]) -> int:
    job = read_job(job_file)
    try:
        channel = Channel(Path(job.folder), [print_to(events)])
    except TlguiError as error:  # its events are damaged
        _fail(Channel(None, [print_to(events)]), error)
        return 0
    follow_requests(channel, requests)
    run_job(job, channel)
    return 0


def _fail(channel: Channel, error: TlguiError) -> None:
    technical = traceback.format_exc()
    log.error("%s", technical)
    fields = {"code": error.code, "detail": error.detail, "technical": technical}
    if error.code == "run_busy":
        channel.stop_writing()  # the events on the disk are another process'
    try:
        channel.send(RunFailed, **fields)
    except TlguiError:
        # the disk is full or gone: whoever listens must still be told
        channel.stop_writing()
        channel.send(RunFailed, **fields)


def _dispatch_with_store(job: Job, channel: Channel) -> None:
    library = open_library(application_home(os.environ))
    try:
        _dispatch(job, library, channel)
    finally:
        if library.store:
            library.store.flush()


def _dispatch(job: Job, library: PresetLibrary, channel: Channel) -> None:
    match job:
        case ScanJob():
            _scan(job, library, channel)
        case PreviewJob():
            from tlgui.engine.training.augmentation_preview import preview

            preview(job, library, channel)
        case AdviseJob():
            from tlgui.engine.advising.advisor import run_advise_job

            run_advise_job(job, library, channel)
        case EnsembleJob():
            from tlgui.engine.results.ensemble import make_ensemble

            runs = [open_run(Path(path)) for path in job.runs]
            make_ensemble(runs, library, Path(job.to), channel)
        case DocumentJob():
            from tlgui.engine.reporting.documents import run_document_job

            run_document_job(job, library, channel)
        case _:
            _dispatch_of_run(job, library, channel)


def _dispatch_of_run(job: Job, library: PresetLibrary, channel: Channel) -> None:
    match job:
        case RangeTestJob():
            from tlgui.engine.advising.range_test import run_range_test

            run_range_test(job, library, channel)
        case TrainJob():
            from tlgui.engine.training.train import train

            country = read_settings(application_home(os.environ).settings).country
            train(open_run(Path(job.folder)), library, channel, job.requested_s, country)
        case EvaluateJob():
            _evaluate(job, library, channel)
        case ReviewJob():
            from tlgui.engine.reviewing.review import run_review_job

            run_review_job(job, library, channel)
        case _:
            _dispatch_of_use(job, library, channel)


def _dispatch_of_use(job: Job, library: PresetLibrary, channel: Channel) -> None:
    match job:
        case PredictJob():
            _predict(job, library, channel)
        case SortJob():
            from tlgui.engine.results.sorted_copies import sort_copies

            sort_copies(Path(job.csv), Path(job.to), channel)
        case AnswerJob():
            from tlgui.engine.results.answer import answer_texts

            answer_texts(open_run(Path(job.model)), library, channel)
        case ExplainJob():
            from tlgui.engine.results.explain import run_explain_job

            run_explain_job(job, library, channel)
        case ExportJob():
            from tlgui.engine.results.export import export_run

            run = open_run(Path(job.run))
            with run.locked():  # a training that goes on would change the model meanwhile
                export_run(run, library, job.format, Path(job.to), channel, job.quantize)


def token_counter(library: PresetLibrary) -> CountTokens | None:
    """Return what counts tokens as the default model for texts does; None without that model."""
    try:
        folder = library.folder(DEFAULT_PRESETS["text"])
    except TlguiError:
        return None
    return TokenCounter(folder / "tokenizer.json")


def _scan(job: ScanJob, library: PresetLibrary, channel: Channel) -> None:
    from tlgui.engine.data.scan import scan_folder
    from tlgui.engine.data.tables import TableColumns

    folder = Path(job.folder)
    dataset = scan_folder(
        Path(job.source),
        channel,
        folder / "thumbnails",
        TableColumns(text=job.text_column, label=job.label_column),
        token_counter(library),
        application_home(os.environ),
    )
    durable.replace_file(folder / DATASET, dataset.json_parts())
    channel.send(
        ScanFinished,
        dataset=str(folder / DATASET),
        folder=dataset.folder,
        classes=dataset.classes,
        class_counts=dataset.class_counts(),
        num_samples=len(dataset.samples),
        num_unreadable=sum(p.count for p in dataset.problems if p.code == "file_unreadable"),
        num_ignored=dataset.num_ignored,
        usable=_is_usable(dataset),
        modality=dataset.modality,
        summary=summary_of(dataset, folder / DATASET),
    )


def _is_usable(dataset: Dataset) -> bool:
    with contextlib.suppress(TlguiError):
        dataset.require_usable()
        return True
    return False


def _predict(job: PredictJob, library: PresetLibrary, channel: Channel) -> None:
    from tlgui.engine.results.predict import Wanted, predict_files

    folder = Path(job.folder)
    wanted = Wanted(
        files=[Path(file) for file in job.files],
        csv=Path(job.csv) if job.csv else folder / "predictions.csv",
        threshold=job.threshold,
        thumbnails=folder / "thumbnails" if job.has_thumbnails else None,
    )
    predict_files(Path(job.model), library, wanted, channel)


def _evaluate(job: EvaluateJob, library: PresetLibrary, channel: Channel) -> None:
    from tlgui.engine.data.tables import TableColumns
    from tlgui.engine.results.evaluate import Source, evaluate_folder, evaluate_run

    run = open_run(Path(job.run))
    with run.locked():
        if job.source:
            folder = Path(job.folder, "evaluation")
            columns = TableColumns(text=job.text_column, label=job.label_column)
            source = Source(path=Path(job.source), columns=columns)
            evaluation = evaluate_folder(run, library, source, folder, channel)
        else:
            folder = run.evaluation
            evaluation = evaluate_run(run, library, channel)
    channel.send(EvaluationFinished, folder=str(folder), evaluation=evaluation)


def _warm_up(events: IO[str]) -> None:
    """Import what takes long and say what computes here; belongs to no job."""
    from tlgui.engine.device import keras_report, measured_report
    from tlgui.engine.training import gradient_phase, train  # noqa: F401

    library = open_library(application_home(os.environ))
    report = measured_report(library, keras_report())
    Channel(None, [print_to(events)]).send(DeviceReported, **report)


def _log_into(path: Path) -> None:
    with path.open("ab") as file:
        os.dup2(file.fileno(), 2)
