"""An engine that speaks the protocol but computes nothing: ``fake_engine.py JOB_FILE`` or ``-``.

``TLGUI_FAKE_ENGINE`` holds what shall go wrong, separated by spaces:

    die:N        end with exit code N in the middle of the second epoch
    killed       be killed by the system there
    fail:CODE    report an error of that code there
    slow         stay in the second epoch until a request comes
    deaf         stay there and ignore every request
    epochs:N     N epochs instead of 3
    linger       do not end after the last event
    die_waiting  as a warm engine: end with exit code 5 before any job comes
    cold         as a warm engine: never be done with warming up
    mute         write the last event to the disk only
    silent       answer no question

Jobs other than training honor the same words at their one pause.
"""

import csv
import json
import os
import re
import signal
import struct
import sys
import threading
import time
import zlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from tlgui.core import events, job
from tlgui.core.dataset import (
    MIN_SAMPLES_PER_CLASS,
    SPLITS,
    Dataset,
    Problem,
    Sample,
    TextFacts,
)
from tlgui.core.dataset_summary import summary_of
from tlgui.core.energy import Energy
from tlgui.core.errors import TlguiError
from tlgui.core.evaluation import ClassScore, Estimate, Evaluation, Reference
from tlgui.core.explanation import Explanation, Neighbor, WordWeight
from tlgui.core.run_folder import RunFolder
from tlgui.engine.channel import (
    Channel,
    JobStopped,
    follow_requests,
    print_to,
    take_stdout,
)

WORDS = dict(word.partition(":")[::2] for word in os.environ.get("TLGUI_FAKE_ENGINE", "").split())
PICTURES = {".jpg", ".jpeg", ".png", ".bmp", ".webp"}
TABLES = {".csv", ".tsv"}
NUM_READ = 128  # tokens; more of a text is cut
NUM_STEPS = 4
ENERGY = Energy(
    processor_kwh=0.003,
    memory_kwh=0.001,
    duration_s=360.0,
    intensity_g_per_kwh=475.0,
    intensity_source="IEA 2019",
)
STEP_S = 0.01
THUMBNAIL_PX = 24


def main(argument: str) -> int:
    """Play the job of a file, or wait for its path like a warm engine."""
    out = take_stdout()
    out.write("W0000 00:00:00.000000 cpu_feature_guard.cc: a stray line, as C++ prints it\n")
    if argument == "-":
        argument = _stand_by(print_to(out))
        if not argument:
            return 0  # the window is gone
    path = Path(argument)
    if "deaf" in WORDS:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
    _log_to(path.parent)
    _say_aside(f"fake engine {os.getpid()} works")
    print_one = print_to(out)
    mute = "mute" in WORDS
    channel = Channel(
        path.parent, [lambda event: None if mute and event.ends_job else print_one(event)]
    )
    questions = Questions()
    follow_requests(channel, questions.of(sys.stdin))
    out.write('{"v": 99, "kind": "sent_by_the_future", "seq": 0, "wisdom": 42}\n')
    _play(channel, job.read_job(path), questions)
    if "linger" in WORDS:
        threading.Event().wait()
    return 0


def _log_to(folder: Path) -> None:
    """Point stderr at the job's log, as an engine that was warm before must."""
    with (folder / "engine.log").open("ab") as file:
        os.dup2(file.fileno(), 2)


def _say_aside(text: str) -> None:
    sys.stderr.write(text + "\n")
    sys.stderr.flush()


def _stand_by(say) -> str:
    _say_aside(f"fake engine {os.getpid()} waits")
    if "die_waiting" in WORDS:
        os._exit(5)
    channel = Channel(None, [say])
    channel.progress("loading", 1, 1)
    if "cold" in WORDS:
        threading.Event().wait()
    _report_device(channel)
    return sys.stdin.readline().strip()


class Questions:
    """Takes questions out of the stream of requests; only the latest one waits."""

    def __init__(self) -> None:
        self._latest: dict | None = None
        self.news = threading.Event()

    def of(self, stream) -> Iterator[str]:
        """Return the other requests."""
        for line in stream:
            if line.startswith("ask "):
                self._latest = json.loads(line.removeprefix("ask "))
            else:
                yield line
            self.news.set()
        self.news.set()

    def take(self) -> dict | None:
        latest, self._latest = self._latest, None
        return latest


def _play(channel: Channel, task: job.Job, questions: Questions) -> None:
    acts = {"scan": _scan, "train": _train, "evaluate": _evaluate}
    acts |= {"predict": _predict, "export": _export, "range_test": _range_test}
    acts["document"] = _document
    acts["preview"] = _preview
    acts["answer"] = lambda channel, task: _answer(channel, task, questions)
    acts["explain"] = lambda channel, task: _explain(channel, task, questions)
    try:
        acts[task.kind](channel, task)
    except JobStopped:
        channel.send(events.JobCancelled)
    except TlguiError as error:
        channel.send(
            events.RunFailed, code=error.code, detail=error.detail, technical="Traceback: fake"
        )


def _report_device(channel: Channel) -> None:
    channel.send(
        events.DeviceReported,
        device="cpu",
        name="Fake processor",
        num_cores=2,
        memory_bytes=8_000_000_000,
        samples_per_s=100.0,
    )


def _misfortune(channel: Channel) -> None:
    """What ``WORDS`` ask for, at the worst moment of a job."""
    if "die" in WORDS:
        _say_aside("fatal: the fake engine dies as it was told")
        os._exit(int(WORDS["die"]))
    if "killed" in WORDS:
        os.kill(os.getpid(), signal.SIGKILL)
    if "fail" in WORDS:
        raise TlguiError(WORDS["fail"], path="a/fake.png", name="fake", reason="told to", count=2)
    while "deaf" in WORDS or ("slow" in WORDS and not channel.request):
        time.sleep(STEP_S)


# --- what is tried before a run -----------------------------------------------------------------


def _range_test(channel: Channel, task: job.RangeTestJob) -> None:
    for decade in range(-7, 0):
        if decade == -4:
            _misfortune(channel)
        channel.stop_if_requested()
        loss = 0.5 + 0.1 * abs(decade + 3)  # lowest at 0.001
        channel.send(events.RateTried, learning_rate=10.0**decade, loss=loss)
        time.sleep(STEP_S)
    channel.send(events.RatesTried, suggested=1e-4)


def _preview(channel: Channel, task: job.PreviewJob) -> None:
    """Squares of one color for each sample, the variants ever darker."""
    _misfortune(channel)
    channel.stop_if_requested()
    folder = Path(task.folder) / "preview"
    folder.mkdir(parents=True)

    def write(sample: int, look: int) -> str:
        file = folder / f"{sample}-{look}.png"
        file.write_bytes(_png(bytes((220 - 40 * look, 60 * sample, 120))))
        return str(file.absolute())

    looks = 4 if task.augmentation != "none" or task.mixup else 0
    channel.send(
        events.PreviewReady,
        originals=tuple(write(sample, 0) for sample in range(4)),
        files=tuple(tuple(write(sample, 1 + look) for look in range(looks)) for sample in range(4)),
    )


# --- scan ---------------------------------------------------------------------------------------


def _scan(channel: Channel, task: job.ScanJob) -> None:
    source = Path(task.source)
    folder = source.parent if source.is_file() else source
    table = source.name if source.is_file() else ""
    if source.suffix.lower() in TABLES and not list(folder.glob("*/*")):
        _finish_scan(channel, task, _table_of_texts(channel, source, task))
        return
    dataset = replace(_empty_dataset(folder), table=table)
    files = [p for p in sorted(folder.glob("*/*")) if p.is_file()]
    for number, path in enumerate(files, start=1):
        channel.stop_if_requested()
        channel.progress("reading", number, len(files))
        dataset = _with_file(channel, Path(task.folder), dataset, path)
    _misfortune(channel)
    channel.stop_if_requested()
    _finish_scan(channel, task, dataset)


def _finish_scan(channel: Channel, task: job.ScanJob, dataset: Dataset) -> None:
    dataset = _with_small_classes(channel, dataset)
    file = Path(task.folder) / "dataset.json"
    file.write_text(dataset.to_json(), encoding="utf-8")
    channel.send(
        events.ScanFinished,
        dataset=str(file.absolute()),
        folder=dataset.folder,
        classes=dataset.classes,
        class_counts=dataset.class_counts(),
        num_samples=len(dataset.samples),
        num_unreadable=sum(p.code == "file_unreadable" for p in dataset.problems),
        num_ignored=dataset.num_ignored,
        usable=_is_usable(dataset),
        modality=dataset.modality,
        summary=summary_of(dataset, file.absolute()),
    )


def _table_of_texts(channel: Channel, source: Path, task: job.ScanJob) -> Dataset:
    with source.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    columns = tuple(rows[0])
    text_column = task.text_column or "text"
    label_column = task.label_column or "label"
    for name in (text_column, label_column):
        if name not in columns:
            known = ", ".join(columns)
            raise TlguiError("column_missing", path=str(source), name=name, known=known)
    classes = tuple(sorted({row[label_column] for row in rows}))
    samples = []
    for number, row in enumerate(rows, start=2):
        text, class_name = row[text_column], row[label_column]
        path = f"row {number}"
        channel.send(events.SnippetReady, path=path, class_name=class_name, text=text[:300])
        digest = f"{zlib.crc32(text.encode()):08x}"
        samples.append(Sample(path=path, label=classes.index(class_name), digest=digest))
    return replace(
        _empty_texts(source.parent, classes, tuple(samples)),
        table=source.name,
        columns=columns,
        text_column=text_column,
        label_column=label_column,
    )


def _empty_texts(folder: Path, classes: tuple[str, ...], samples: tuple[Sample, ...]) -> Dataset:
    facts = TextFacts(
        language="en",
        num_tokens=tuple(range(5, 106)),
        class_words=tuple((f"{name}ish", f"{name}er") for name in classes),
    )
    return Dataset(
        folder=str(folder.absolute()),
        modality="text",
        classes=classes,
        samples=samples,
        texts=facts,
    )


def _empty_dataset(folder: Path) -> Dataset:
    if not folder.is_dir():
        raise TlguiError("folder_missing", path=str(folder))
    classes = tuple(sorted(p.name for p in folder.iterdir() if p.is_dir()))
    if not classes:
        raise TlguiError("no_classes", path=str(folder))
    return Dataset(folder=str(folder.absolute()), modality="image", classes=classes, samples=())


def _with_file(channel: Channel, job_folder: Path, dataset: Dataset, path: Path) -> Dataset:
    """The data set with one more file: a sample with its thumbnail, a problem, or nothing."""
    name = path.relative_to(dataset.folder).as_posix()
    if path.suffix.lower() not in PICTURES:
        return replace(dataset, num_ignored=dataset.num_ignored + 1)
    if path.stat().st_size == 0:
        problem = Problem(code="file_unreadable", path=name, reason="it is empty")
        return _with_problem(channel, dataset, problem)
    class_name = name.split("/")[0]
    digest = f"{zlib.crc32(path.read_bytes()):08x}"
    thumbnail = job_folder / "thumbnails" / f"{len(dataset.samples):05}.png"
    thumbnail.parent.mkdir(exist_ok=True)
    thumbnail.write_bytes(_png(bytes.fromhex(digest)[:3]))
    channel.send(
        events.ThumbnailReady, path=name, class_name=class_name, file=str(thumbnail.absolute())
    )
    sample = Sample(path=name, label=dataset.classes.index(class_name), digest=digest)
    return replace(dataset, samples=(*dataset.samples, sample))


def _with_small_classes(channel: Channel, dataset: Dataset) -> Dataset:
    for name, count in zip(dataset.classes, dataset.class_counts(), strict=True):
        if count < MIN_SAMPLES_PER_CLASS:
            code = "class_too_small" if count else "class_empty"
            problem = Problem(code=code, path=name, name=name, count=count)
            dataset = _with_problem(channel, dataset, problem)
    return dataset


def _with_problem(channel: Channel, dataset: Dataset, problem: Problem) -> Dataset:
    channel.send(events.ProblemFound, problem=problem)
    return replace(dataset, problems=(*dataset.problems, problem))


def _is_usable(dataset: Dataset) -> bool:
    try:
        dataset.require_usable()
    except TlguiError:
        return False
    return True


def _png(color: bytes) -> bytes:
    """A square of one color, as the smallest PNG that every reader takes."""
    side = THUMBNAIL_PX
    header = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    rows = (b"\0" + color * side) * side
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(rows)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in chunks
    )


# --- train --------------------------------------------------------------------------------------


def _train(channel: Channel, task: job.TrainJob) -> None:
    folder = RunFolder(Path(task.folder))
    with folder.locked():
        _run(channel, folder)


def _run(channel: Channel, folder: RunFolder) -> None:
    dataset = _dealt(folder.read_dataset())
    folder.write_dataset(dataset)
    num_epochs = int(WORDS.get("epochs", 3))
    done = len(folder.state().epochs)
    if folder.state().started:
        channel.send(events.RunResumed, epoch=done, step=0)
    else:
        _announce(channel, folder, dataset, num_epochs)
    _report_device(channel)
    for epoch in range(done + 1, num_epochs + 1):
        if not _one_epoch(channel, dataset, epoch, num_epochs):
            break
    best = folder.state().best
    if channel.request != "pause" and best:
        _write_evaluation(folder.evaluation, "test", dataset)
    channel.send(events.EnergyMeasured, energy=ENERGY)
    if channel.request:
        channel.send(
            events.RunStopped,
            run=str(folder.path),
            reason="stopped" if channel.request == "stop" else "paused",
            best_epoch=best.epoch if best else None,
            val_accuracy=best.val_accuracy if best else None,
        )
        return
    channel.send(
        events.RunFinished,
        run=str(folder.path),
        best_epoch=best.epoch,
        val_accuracy=best.val_accuracy,
        test_accuracy=Estimate(value=0.9, low=0.7, high=0.98),
    )


def _dealt(dataset: Dataset) -> Dataset:
    """Six of ten samples to training, two to validation, two to test; already dealt stays."""
    deal = ("train", "validation", "train", "test", "train")
    samples = tuple(
        s if s.split else replace(s, split=deal[number % len(deal)])
        for number, s in enumerate(dataset.samples)
    )
    return replace(dataset, samples=samples)


def _announce(channel: Channel, folder: RunFolder, dataset: Dataset, num_epochs: int) -> None:
    plan = folder.read_plan()
    counts = {split: len(dataset.of_split(split)) for split in SPLITS}
    name, fraction = dataset.majority("validation")
    channel.send(
        events.RunStarted,
        run=str(folder.path),
        preset=plan.preset,
        strategy=plan.strategy,
        classes=dataset.classes,
        num_train=counts["train"],
        num_validation=counts["validation"],
        num_test=counts["test"],
        majority_class=name,
        majority_baseline=fraction,
        max_epochs=num_epochs,
        modality=dataset.modality,
    )


def _one_epoch(channel: Channel, dataset: Dataset, epoch: int, num_epochs: int) -> bool:
    """Play an epoch; False if it was cut."""
    if epoch <= 2:
        _start_phase(channel, epoch, num_epochs)
    if epoch == 1:
        channel.progress("features", len(dataset.samples), len(dataset.samples))
    for step in range(1, NUM_STEPS + 1) if epoch > 1 else ():
        if epoch == 2 and step == 2:
            _misfortune(channel)
        if channel.request:
            return False
        time.sleep(STEP_S)
        _end_step(channel, epoch, step)
    _end_epoch(channel, epoch)
    if epoch == 1:
        channel.send(
            events.FirstResult,
            val_accuracy=Estimate(value=0.7, low=0.5, high=0.85),
            num_samples=len(dataset.of_split("validation")),
            elapsed_s=1.5,
        )
    return True


def _start_phase(channel: Channel, epoch: int, num_epochs: int) -> None:
    head = epoch == 1
    channel.send(
        events.PhaseStarted,
        phase="head" if head else "all",
        epochs=1 if head else num_epochs - 1,
        after_epoch=epoch - 1,
        trained_groups=(not head, not head, not head, True),
        num_trained=3_843 if head else 3_400_000,
        num_parameters=3_410_000,
    )


def _end_step(channel: Channel, epoch: int, step: int) -> None:
    channel.send(
        events.StepEnded,
        epoch=epoch,
        step=step,
        num_steps=NUM_STEPS,
        loss=1 / (epoch + step / NUM_STEPS),
        accuracy=1 - 0.4 / epoch,
        learning_rate=1e-4,
        samples_per_s=50.0,
        memory_bytes=500_000_000,
    )


def _end_epoch(channel: Channel, epoch: int) -> None:
    channel.send(
        events.EpochEnded,
        phase="head" if epoch == 1 else "all",
        epoch=epoch,
        train_loss=0.8 / epoch,
        train_accuracy=1 - 0.3 / epoch,
        val_loss=0.9 / epoch,
        val_accuracy=1 - 0.4 / epoch,
        learning_rates=() if epoch == 1 else (1e-4, 1e-4),
        duration_s=NUM_STEPS * STEP_S,
    )


# --- evaluate, predict, export ------------------------------------------------------------------


def _evaluate(channel: Channel, task: job.EvaluateJob) -> None:
    dataset = RunFolder(Path(task.run)).read_dataset()
    channel.progress("testing", 1, 1)
    _misfortune(channel)
    channel.stop_if_requested()
    folder = Path(task.folder) / "evaluation"
    evaluation = _write_evaluation(folder, task.source or "test", dataset)
    channel.send(events.EvaluationFinished, folder=str(folder), evaluation=evaluation)


def _write_evaluation(folder: Path, split: str, dataset: Dataset) -> Evaluation:
    """Every tenth sample is taken for the next class."""
    folder.mkdir(parents=True, exist_ok=True)
    judged = dataset.of_split("test") or dataset.samples
    num = len(dataset.classes)
    confusion = [[0] * num for _ in range(num)]
    rows = []
    for number, sample in enumerate(judged):
        predicted = (sample.label + (number % 10 == 9)) % num
        confusion[sample.label][predicted] += 1
        true = dataset.classes[sample.label]
        rows.append((sample.path, true, dataset.classes[predicted], 0.6 + number % 4 / 10))
    evaluation = _scored(split, dataset.classes, confusion)
    if dataset.modality == "text":
        evaluation = _with_text_parts(folder, evaluation, rows)
    (folder / "evaluation.json").write_text(evaluation.to_json(), encoding="utf-8")
    _write_predictions(folder / "predictions.csv", rows)
    return evaluation


def _with_text_parts(folder: Path, evaluation: Evaluation, rows: list) -> Evaluation:
    lines = [json.dumps({"row": n, "text": f"the text of {row[0]}"}) for n, row in enumerate(rows)]
    (folder / "snippets.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    plain = Reference(name="tf_idf", accuracy=evaluation.accuracy, macro_f1=evaluation.macro_f1)
    return replace(evaluation, modality="text", reference=plain)


def _scored(split: str, classes: tuple[str, ...], confusion: list[list[int]]) -> Evaluation:
    true = [sum(row) for row in confusion]
    guessed = [sum(column) for column in zip(*confusion, strict=True)]
    right = [confusion[i][i] for i in range(len(classes))]
    accuracy = sum(right) / max(1, sum(true))
    estimate = Estimate(value=accuracy, low=max(0.0, accuracy - 0.2), high=min(1, accuracy + 0.08))
    return Evaluation(
        split=split,
        num_samples=sum(true),
        accuracy=estimate,
        balanced_accuracy=estimate,
        macro_f1=estimate,
        majority_baseline=max(true) / max(1, sum(true)),
        majority_class=classes[true.index(max(true))],
        classes=tuple(
            ClassScore(
                name=name,
                num_samples=true[i],
                precision=right[i] / max(1, guessed[i]),
                recall=right[i] / max(1, true[i]),
                f1=2 * right[i] / max(1, true[i] + guessed[i]),
            )
            for i, name in enumerate(classes)
        ),
        confusion=tuple(tuple(row) for row in confusion),
    )


def _write_predictions(path: Path, rows: list[tuple[str, str, str, float]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("file", "true", "predicted", "probability"))
        writer.writerows(rows)


def _predict(channel: Channel, task: job.PredictJob) -> None:
    classes = RunFolder(Path(task.model)).read_dataset().classes
    files = [
        path
        for name in task.files
        for path in (sorted(Path(name).rglob("*")) if Path(name).is_dir() else [Path(name)])
        if path.suffix.lower() in PICTURES
    ]
    rows = []
    for number, path in enumerate(files):
        channel.stop_if_requested()
        channel.progress("predicting", number + 1, len(files))
        rows.append((str(path), "", classes[number % len(classes)], 0.55 + number % 5 / 10))
        channel.send(
            events.SamplePredicted, file=rows[-1][0], predicted=rows[-1][2], probability=rows[-1][3]
        )
    _misfortune(channel)
    channel.stop_if_requested()
    path = Path(task.csv or Path(task.folder) / "predictions.csv").absolute()
    _write_predictions(path, rows)
    unreadable = Counter(Path(name).exists() for name in task.files)[False]
    channel.send(
        events.PredictionFinished,
        num_samples=len(rows),
        num_unreadable=unreadable,
        csv=str(path),
    )


def _answer(channel: Channel, task: job.AnswerJob, questions: Questions) -> None:
    """Of the classes, the one whose name occurs in the text is the likeliest."""
    classes = RunFolder(Path(task.model)).read_dataset().classes
    channel.progress("loading", 1, 1)
    channel.send(events.AnswersReady, classes=classes)
    while not channel.request:
        questions.news.wait()
        questions.news.clear()
        asked = questions.take()
        if asked is None or "silent" in WORDS:
            continue
        _misfortune(channel)
        found = [1.0 + 8 * (name in asked["text"]) for name in classes]
        num_tokens = len(asked["text"].split())
        channel.send(
            events.TextAnswered,
            question=asked["question"],
            probabilities=tuple(score / sum(found) for score in found),
            num_tokens=num_tokens,
            num_cut=max(0, num_tokens - NUM_READ),
        )
    channel.stop_if_requested()


def _explain(channel: Channel, task: job.ExplainJob, questions: Questions) -> None:
    """The first class is the answer to everything, and every second word speaks for it."""
    dataset = RunFolder(Path(task.model)).read_dataset()
    channel.progress("loading", 1, 1)
    channel.send(events.ExplainerReady, classes=dataset.classes)
    folder = Path(task.folder)
    while not channel.request:
        questions.news.wait()
        questions.news.clear()
        asked = questions.take()
        if asked is None or "silent" in WORDS:
            continue
        _misfortune(channel)
        files = {name: folder / f"{asked['question']}-{name}.png" for name in ("plain", "heat")}
        files["plain"].write_bytes(_png(bytes((120, 120, 120))))
        files["heat"].write_bytes(_png(bytes((250, 160, 10))))
        channel.send(
            events.SampleExplained,
            question=asked["question"],
            explanation=_explanation(dataset, asked, files),
        )
        train = dataset.samples[:5]
        neighbors = [
            Neighbor(
                file=s.path,
                class_name=dataset.classes[s.label],
                distance=n / 10,
                thumbnail=str(files["plain"]) if dataset.modality == "image" else "",
                text=f"text of {s.path}" if dataset.modality == "text" else "",
            )
            for n, s in enumerate(train)
        ]
        channel.send(
            events.NeighborsFound,
            question=asked["question"],
            file=asked["file"],
            neighbors=tuple(neighbors),
            num_compared=len(train),
            num_train=len(train),
        )
    channel.stop_if_requested()


def _explanation(dataset: Dataset, asked: dict, files: dict[str, Path]) -> Explanation:
    is_text = dataset.modality == "text"
    text = asked["text"] or f"what {asked['file']} says" if is_text else ""
    places = [match.span() for match in re.finditer(r"\S+", text)]
    weights = [0.5 if number % 2 == 0 else -0.25 for number in range(len(places))]
    share = 0.4 / max(1, len(dataset.classes) - 1)
    return Explanation(
        file=asked["file"],
        modality=dataset.modality,
        method="occlusion" if is_text else "grad_cam",
        predicted=dataset.classes[0],
        target=dataset.classes[0],
        against=asked["against"],
        probabilities=(0.6, *[share] * (len(dataset.classes) - 1)),
        picture="" if is_text else str(files["plain"]),
        overlay="" if is_text else str(files["heat"]),
        text=text,
        words=tuple(
            WordWeight(start=start, end=end, weight=weight)
            for (start, end), weight in zip(places, weights, strict=True)
        ),
    )


def _export(channel: Channel, task: job.ExportJob) -> None:
    channel.progress("exporting", 1, 2)
    _misfortune(channel)
    channel.stop_if_requested()
    bundle = Path(task.to)
    bundle.mkdir(parents=True, exist_ok=True)
    (bundle / "README.md").write_text("A bundle of the fake engine.\n", encoding="utf-8")
    channel.progress("comparing", 2, 2)
    channel.send(
        events.ExportFinished,
        format=task.format,
        folder=str(bundle.absolute()),
        num_bytes=13_600_000,
        num_samples=16,
        label_agreement=1.0,
        max_probability_difference=2e-6,
    )


def _document(channel: Channel, task: job.DocumentJob) -> None:
    _misfortune(channel)
    Path(task.to).write_text("Of the fake engine.\n", encoding="utf-8")
    channel.send(events.DocumentWritten, document=task.document, file=task.to)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
