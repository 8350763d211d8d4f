"""Runs on disk that nobody trained."""

import json
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path

import pytest

from tests.core import examples
from tests.presets import CATALOG
from tlgui.core.dataset import Dataset, Problem, Sample
from tlgui.core.energy import Energy
from tlgui.core.evaluation import (
    Answered,
    Calibration,
    Certainty,
    ClassCurves,
    ConfidenceBin,
    Estimate,
)
from tlgui.core.events import EpochEnded, PhaseStarted, RunFinished, RunStarted
from tlgui.core.planning import make_plan
from tlgui.core.review import Review, Shortcut, Suspect
from tlgui.core.run_folder import RunFolder, create_run
from tlgui.engine.channel import Channel

HOSTILE = "<script>alert('1')</script>"
CLASSES = (HOSTILE, "b & c | *d*")
ESTIMATE = Estimate(value=0.93, low=0.89, high=0.96)
ENERGY = Energy(
    processor_kwh=0.02, duration_s=90.0, intensity_g_per_kwh=475.0, intensity_source="IEA"
)


def dataset(modality: str) -> Dataset:
    """Return samples of two classes, dealt to splits, with something odd about them."""
    splits = ("train", "train", "train", "validation", "test")
    samples = tuple(
        Sample(path=f"{HOSTILE}/{label}{n}.png", label=label, digest=f"{label}{n}", split=split)
        for label in (0, 1)
        for n, split in enumerate(splits)
    )
    problem = Problem(code="file_unreadable", path=f"{HOSTILE}.png", reason="<b>")
    return Dataset(
        folder=f"/data/{HOSTILE}",
        modality=modality,
        classes=CLASSES,
        samples=samples,
        problems=(problem,) * 30,
    )


@pytest.fixture
def make_finished(tmp_path: Path) -> Callable[..., RunFolder]:
    """Return a function that writes a run; parts of it can be left out."""

    def make(
        preset: str = "efficientnet_lite0_imagenet",
        strategy: str = "head_then_all",
        has_result: bool = True,
        is_old: bool = False,
        **settings: str,
    ) -> RunFolder:
        info = CATALOG[preset]
        plan = make_plan(info, strategy=strategy, settings=settings)
        run = create_run(tmp_path / "rün 'q", dataset(info.task), plan)
        channel = Channel(run.path, clock=lambda: 1.0)
        _tell(channel, has_result)
        if has_result:
            _judge(run, info.task, is_old)
        if not is_old:
            run.write_energy(ENERGY)
            (run.path / "environment.json").write_text(
                json.dumps({"python": "3.11", "packages": {"tlgui": "0.1", "keras": "3.15"}})
            )
        return run

    return make


def _tell(channel: Channel, has_result: bool) -> None:
    started = examples.example(RunStarted)
    channel.send(RunStarted, **_fields(replace(started, classes=CLASSES)))
    phase = examples.example(PhaseStarted)
    for name, after in (("head", 0), ("all", 1)):
        channel.send(PhaseStarted, **_fields(replace(phase, phase=name, after_epoch=after)))
    epoch = replace(examples.example(EpochEnded), calibrated_val_loss=None)
    for number in (1, 2, 3):
        channel.send(
            EpochEnded,
            **_fields(replace(epoch, epoch=number, val_loss=1 / number, train_loss=0.5 / number)),
        )
    if has_result:
        channel.send(RunFinished, run="x", best_epoch=3, val_accuracy=0.9, test_accuracy=ESTIMATE)


def _fields(event: object) -> dict[str, object]:
    hidden = ("seq", "time_s")
    return {name: getattr(event, name) for name in event.__slots__ if name not in hidden}


def _judge(run: RunFolder, task: str, is_old: bool) -> None:
    run.evaluation.mkdir()
    scores = tuple(
        replace(examples.evaluation().classes[0], name=name, roc_auc=0.9) for name in CLASSES
    )
    evaluation = replace(examples.evaluation(), classes=scores, modality=task)
    if not is_old:
        bins = (ConfidenceBin(num_samples=5, confidence=0.8, accuracy=ESTIMATE),) * 2
        evaluation = replace(
            evaluation,
            calibration=Calibration(error=ESTIMATE, uncorrected_error=ESTIMATE, bins=bins),
            certainty=Certainty(
                temperature=1.25,
                num_samples=9,
                answered=(Answered(threshold=0.0, num_answered=9, accuracy=ESTIMATE),),
            ),
        )
        curves = ClassCurves(
            roc=((0.0, 0.0), (1.0, 1.0)),
            precision_recall=((0.0, 1.0), (1.0, 0.5)),
            roc_auc=0.9,
            average_precision=0.8,
        )
        lines = (json.dumps(asdict(curves)) + "\n") * 2
        (run.evaluation / "curves.jsonl").write_text(lines)
    (run.evaluation / "evaluation.json").write_text(evaluation.to_json())
    (run.evaluation / "predictions.csv").write_text(
        "file,true,predicted,probability\n"
        f'"{HOSTILE}/04.png","{HOSTILE}",b,0.95\n'
        f'c.png,"{CLASSES[1]}","{CLASSES[1]}",0.9\n'
    )
    if task == "image":
        (run.evaluation / "thumbnails").mkdir()
        (run.evaluation / "thumbnails" / "0.jpg").write_bytes(b"\xff\xd8 a picture")
    else:
        record = json.dumps({"row": 0, "text": f"You have won {HOSTILE}"})
        (run.evaluation / "snippets.jsonl").write_text(record + "\n")


@pytest.fixture
def look_at() -> Callable[[RunFolder], None]:
    """Return a function that leaves a review in a run."""

    def look(run: RunFolder) -> None:
        shortcut = Shortcut(hint="border", class_name=HOSTILE, roc_auc=ESTIMATE)
        suspect = Suspect(file="x.png", digest="", label=HOSTILE, suggested="b", quality=0.1)
        review = Review(
            source="/data",
            modality="image",
            classes=CLASSES,
            num_samples=10,
            num_suspects=1,
            suspects=(suspect,),
            hints=("border",),
            num_hinted=10,
            shortcuts=(shortcut,),
        )
        run.review.mkdir()
        (run.review / "review.json").write_text(review.to_json())

    return look
