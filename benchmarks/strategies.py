"""Every strategy with its defaults on small real data sets; keeps the rows that are done.

    python benchmarks/strategies.py ROOT [--only TEXT ...] [--seeds N] [--learn N ...]
    python benchmarks/strategies.py ROOT --advise

ROOT holds the folders ``sign-digits``, ``cifar10-train``, ``reuters-r8-train`` and ``sms-spam``.
Each run is a process of its own, as if a person had pressed Train. Finished rows stand in
``docs/strategies.jsonl``; what is there is not run again. ``docs/strategies.md`` is written anew
from them each time. With --advise nothing is trained: the advisor looks at the samples of the
first seed, and its choice is printed beside the best row. Its pace is measured, so let nothing
else run.
"""

import argparse
import itertools
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from statistics import fmean

from tlgui.core.advice import advise
from tlgui.core.catalog import PresetInfo, read_catalog
from tlgui.core.dataset import Dataset, Sample
from tlgui.core.events import PhaseStarted, RunFailed
from tlgui.core.facts import Facts, PresetFacts
from tlgui.core.job import TrainJob, write_job
from tlgui.core.plan import SplitPlan
from tlgui.core.planning import possible_strategies
from tlgui.core.records import from_record
from tlgui.core.run_folder import RunFolder, create_run
from tlgui.core.settings import Home, resources_folder
from tlgui.core.strategies import STRATEGIES
from tlgui.engine.results.metrics import accuracy_estimate

ROOT = Path(__file__).parents[1]
ROWS = ROOT / "docs" / "strategies.jsonl"
TABLE = ROOT / "docs" / "strategies.md"
NUM_LEARN = 600  # a fifth of them to choose by
NUM_TEST = 500
SHARES = (0.8, 0.2)

DATASETS = {
    "sign-digits": ("efficientnet_lite0_imagenet",),
    "cifar10-train": ("efficientnet_lite0_imagenet",),
    "reuters-r8-train": ("all_minilm_l6_v2_en", "glove_50k_100d_en", "tfidf_linear"),
    "sms-spam": ("all_minilm_l6_v2_en", "glove_50k_100d_en", "tfidf_linear"),
}
# samples per second of the frozen network on two quiet cores, from which the advisor plans
PACES = {
    "efficientnet_lite0_imagenet": 160.0,
    "all_minilm_l6_v2_en": 330.0,
    "glove_50k_100d_en": 50_000.0,
    "tfidf_linear": 5_000.0,
}
LENGTHS = {"reuters-r8-train": 0.3}  # long texts are slower
SHORT_S = 90  # runs shorter than this are repeated with other seeds


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """What one run came to."""

    dataset: str
    preset: str
    strategy: str
    seed: int
    settings: dict[str, str]
    epochs: int  # planned
    accuracy: tuple[float, float, float]  # value, low, high
    macro_f1: tuple[float, float, float]
    val_accuracy: float
    best_epoch: int
    num_train: int
    num_test: int
    seconds: float
    cores: int  # that the run had to itself
    trained_share: float
    num_learn: int = NUM_LEARN  # samples that were to be dealt


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One run to be done."""

    dataset: str
    preset: PresetInfo
    strategy: str
    seed: int
    settings: dict[str, str]
    num_learn: int

    @property
    def key(self) -> tuple[str, ...]:
        """What tells it from others."""
        own = json.dumps(self.settings, sort_keys=True)
        run = self.dataset, self.preset.id, self.strategy
        return *run, str(self.seed), own, str(self.num_learn)


def main() -> None:
    """Do what is missing, one run at a time."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("root", type=Path)
    parser.add_argument("--only", nargs="*", default=[], help="parts of dataset/preset/strategy")
    parser.add_argument("--seeds", type=int, default=3, help="of runs that are short")
    parser.add_argument("--set", nargs="*", default=[], help="NAME=VALUE: a variation to try")
    parser.add_argument("--learn", nargs="*", type=int, default=[NUM_LEARN], help="samples")
    parser.add_argument("--advise", action="store_true", help="ask the advisor, train nothing")
    choices = parser.parse_args()
    if choices.advise:
        for name in DATASETS:
            sys.stdout.write(f"{_advised(name, choices.root)}\n")
        return
    settings = dict(text.split("=", 1) for text in choices.set)
    for num_learn, seed in itertools.product(choices.learn, range(choices.seeds)):
        for task in _tasks(choices.only, seed, settings, num_learn):
            if not _is_done(task) and (seed == 0 or _is_short(task)):
                row = _run(task, choices.root)
                _append(row)
                sys.stdout.write(f"{_line(row)}\n")
                sys.stdout.flush()
    TABLE.write_text(_table(), encoding="utf-8")


def _tasks(only: list[str], seed: int, settings: dict[str, str], num_learn: int) -> Iterator[Task]:
    catalog = read_catalog(resources_folder() / "models.toml")
    for dataset, presets in DATASETS.items():
        for preset in presets:
            for strategy in possible_strategies(catalog[preset]):
                name = f"{dataset}/{preset}/{strategy.id}"
                if all(any(part in name for part in text.split("|")) for text in only):
                    yield Task(
                        dataset=dataset,
                        preset=catalog[preset],
                        strategy=strategy.id,
                        seed=seed,
                        settings=settings,
                        num_learn=num_learn,
                    )


def _rows() -> list[Row]:
    if not ROWS.exists():
        return []
    return [from_record(Row, json.loads(line)) for line in ROWS.read_text().splitlines()]


def _append(row: Row) -> None:
    with ROWS.open("a", encoding="utf-8") as file:
        file.write(json.dumps(asdict(row)) + "\n")


def _key(row: Row) -> tuple[str, ...]:
    own = json.dumps(row.settings, sort_keys=True)
    run = row.dataset, row.preset, row.strategy
    return *run, str(row.seed), own, str(row.num_learn)


def _is_done(task: Task) -> bool:
    return task.key in {_key(row) for row in _rows()}


def _is_short(task: Task) -> bool:
    first = replace(task, seed=0).key
    return any(_key(row) == first and row.seconds < SHORT_S for row in _rows())


def _run(task: Task, root: Path) -> Row:
    dataset, _ = _small(_scanned(root / task.dataset), task.seed, task.num_learn)
    settings = {"seed": str(task.seed), **task.settings}
    facts = _facts(dataset, task)
    plan = advise(facts, [task.preset], strategy=task.strategy, settings=settings).plan
    with tempfile.TemporaryDirectory() as place:
        run = create_run(Path(place) / "run", dataset, plan)
        job = TrainJob(folder=str(run.path), requested_s=time.time())
        command = [sys.executable, str(ROOT / "main.py"), "--engine", str(write_job(job))]
        environment = {**os.environ, "TLGUI_HOME": place}
        start_s = time.perf_counter()
        # an engine whose window is gone, as it sees it, pauses: its stdin stays open
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        subprocess.Popen(command, env=environment, stdin=subprocess.PIPE, **quiet).wait()
        return _row(task, run, time.perf_counter() - start_s)


def _scanned(folder: Path) -> Dataset:
    """Return the scan of a folder, which is kept for the next run on it."""
    from tlgui.engine.channel import Channel
    from tlgui.engine.data.scan import scan_folder

    if str(folder) not in _SCANS:
        _SCANS[str(folder)] = scan_folder(folder, Channel())
    return _SCANS[str(folder)]


_SCANS: dict[str, Dataset] = {}


def _small(dataset: Dataset, seed: int, num_learn: int) -> tuple[Dataset, SplitPlan]:
    """Return at most ``num_learn`` samples to learn from and others to test with, and the shares.

    Look-alikes stay on one side, as in every run: tlgui deals them.
    """
    from tlgui.engine.data.split import assign_splits

    chance = random.Random(seed)
    few = chance.sample(dataset.samples, min(len(dataset.samples), num_learn + NUM_TEST))
    by_class: dict[int, list[Sample]] = defaultdict(list)
    for sample in few:
        by_class[sample.label].append(sample)
    for label in range(len(dataset.classes)):  # a class of which hardly anything was drawn
        rest = [s for s in dataset.samples if s.label == label and s not in by_class[label]]
        by_class[label] += rest[: max(0, 6 - len(by_class[label]))]
    samples = tuple(s for own in by_class.values() for s in own)
    learn = num_learn / len(samples)
    split = SplitPlan(
        train_fraction=learn * SHARES[0],
        validation_fraction=learn * SHARES[1],
        test_fraction=1 - learn,
    )
    return assign_splits(replace(dataset, samples=samples), split, seed), split


def _advised(name: str, root: Path) -> str:
    """Return what the advisor says of a data set, beside the best of its rows."""
    from tlgui.engine.advising.probe import probe
    from tlgui.engine.channel import Channel
    from tlgui.engine.models.library import open_library

    dataset, split = _small(_scanned(root / name), seed=0, num_learn=NUM_LEARN)
    with tempfile.TemporaryDirectory() as place:
        library = open_library(Home(Path(place)))
        presets = tuple(library.catalog[preset] for preset in DATASETS[name])
        advice = advise(probe(dataset, library, presets, Channel(), split), presets)
    rows = [r for r in _default_rows() if (r.dataset, r.seed) == (name, 0)]
    best = max(rows, key=lambda row: row.accuracy[0])
    chosen = [r for r in rows if (r.preset, r.strategy) == (advice.preset, advice.strategy)]
    return "\n".join(
        (
            f"{name}: the advisor says {advice.preset}, {advice.strategy}",
            *(f"    which reached {row.accuracy[0]:.3f}" for row in chosen),
            f"    best: {best.preset}, {best.strategy}: {best.accuracy[0]:.3f}",
        )
    )


def _facts(dataset: Dataset, task: Task) -> Facts:
    """Return what the advisor is told, with a pace that does not depend on what else runs."""
    pace = PACES[task.preset.id] * LENGTHS.get(task.dataset, 1.0)
    counts = {split: len(dataset.of_split(split)) for split in ("train", "validation", "test")}
    return Facts(
        modality=dataset.modality,
        num_train=counts["train"],
        num_validation=counts["validation"],
        num_test=counts["test"],
        num_classes=len(dataset.classes),
        smallest_class=1,
        chance=1 / len(dataset.classes),
        presets=(PresetFacts(preset=task.preset.id, samples_per_s=pace, accuracy=1.0),),
    )


def _row(task: Task, run: RunFolder, seconds: float) -> Row:
    events = list(run.events())
    failed = [e for e in events if isinstance(e, RunFailed)]
    if failed:
        raise SystemExit(f"{task.key}: {failed[-1].code} {failed[-1].detail}")
    evaluation, dataset, plan = run.read_evaluation(), run.read_dataset(), run.read_plan()
    phases = [e for e in events if isinstance(e, PhaseStarted)]
    state = run.state()
    return Row(
        dataset=task.dataset,
        preset=task.preset.id,
        strategy=task.strategy,
        seed=task.seed,
        settings=task.settings,
        epochs=plan.max_epochs,
        accuracy=_figures(evaluation.accuracy),
        macro_f1=_figures(evaluation.macro_f1),
        val_accuracy=state.best.val_accuracy if state.best else 0.0,
        best_epoch=evaluation.epoch,
        num_train=len(dataset.of_split("train")) + len(dataset.of_split("validation")),
        num_test=evaluation.num_samples,
        seconds=round(seconds, 1),
        cores=len(os.sched_getaffinity(0)),
        trained_share=max(p.num_trained / max(1, p.num_parameters) for p in phases),
        num_learn=task.num_learn,
    )


def _figures(estimate: object) -> tuple[float, float, float]:
    return tuple(round(getattr(estimate, name), 4) for name in ("value", "low", "high"))  # type: ignore[return-value]


def _line(row: Row) -> str:
    return (
        f"{row.dataset} {row.preset} {row.strategy} seed {row.seed}: accuracy "
        f"{row.accuracy[0]:.3f}, macro-F1 {row.macro_f1[0]:.3f}, best epoch {row.best_epoch} of "
        f"{row.epochs}, {row.seconds:.0f} s, {row.trained_share:.2%}"
    )


def _default_rows(num_learn: int = NUM_LEARN) -> list[Row]:
    return [row for row in _rows() if not row.settings and row.num_learn == num_learn]


def _table() -> str:
    parts = [INTRODUCTION]
    for dataset, presets in DATASETS.items():
        for preset in presets:
            own = [r for r in _default_rows() if (r.dataset, r.preset) == (dataset, preset)]
            if own:
                parts.append(_part(dataset, preset, own))
    return "\n".join((*parts, _learning_curves()))


def _learning_curves() -> str:
    """Return how the strategies compare where there are fewer samples to learn from."""
    lines = [FEWER]
    counts = sorted({row.num_learn for row in _rows()})
    groups: dict[tuple[str, ...], list[Row]] = defaultdict(list)
    for count in counts[:-1]:
        for row in _default_rows(count):
            groups[row.dataset, row.preset, str(count), row.strategy].append(row)
    for (dataset, preset, num_learn, strategy), rows in sorted(
        groups.items(), key=lambda item: (item[0][:2], int(item[0][2]), item[0][3])
    ):
        right = [round(row.accuracy[0] * row.num_test) for row in rows]
        accuracy = accuracy_estimate(sum(right), sum(row.num_test for row in rows))
        lines.append(
            f"| {dataset}, `{preset}` | {num_learn} | `{strategy}` | {accuracy.value:.3f} | "
            f"{accuracy.low:.3f} to {accuracy.high:.3f} | "
            f"{fmean(row.macro_f1[0] for row in rows):.3f} | {len(rows)} |"
        )
    return "\n".join((*lines, ""))


def _part(dataset: str, preset: str, rows: list[Row]) -> str:
    lines = [
        f"## {dataset}, `{preset}`\n",
        "| strategy | accuracy | 95 % interval | macro-F1 | mean of seeds | "
        "seconds | cores | trains |",
        "|---|---|---|---|---|---|---|---|",
    ]
    by_strategy: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        by_strategy[row.strategy].append(row)
    for strategy in filter(by_strategy.get, STRATEGIES):
        own = sorted(by_strategy[strategy], key=lambda row: row.seed)
        first = own[0]
        value, low, high = first.accuracy
        several = f"{fmean(r.accuracy[0] for r in own):.3f} of {len(own)}" if own[1:] else ""
        lines.append(
            f"| `{strategy}` | {value:.3f} | {low:.3f} to {high:.3f} | {first.macro_f1[0]:.3f} | "
            f"{several} | {fmean(r.seconds for r in own):.0f} | {first.cores} | "
            f"{first.trained_share:.2%} |"
        )
    return "\n".join((*lines, ""))


INTRODUCTION = f"""# Every strategy, measured

Each row is a strategy with its defaults on at most {NUM_LEARN} samples (four fifths to learn from,
one fifth to choose by) and tested on about {NUM_TEST} others; look-alikes are on one side. Epochs
are those that the advisor's budget of five minutes allows. Accuracy with its interval (Wilson)
and macro-F1 are those of the first seed, the same samples in every row; short runs were repeated
with two other seeds, which deal other samples, and have a mean accuracy as well. Times are
wall-clock seconds of the whole run, from the command to the result, without a GPU, on as many
cores as are named (with one, another run had the other core): compare them within a factor of
two only. "trains" is the largest share of weights that learn at once.

Made by `.venv/bin/python benchmarks/strategies.py ROOT`, which keeps finished rows in
`strategies.jsonl` and goes on where it stopped. Rows that are not here were not measured yet.

Where single words tell the classes apart, as in sms-spam, a network that knows nothing learns them
as well: of the 1,500 test texts of three seeds `head_then_all` was right on 13 that `from_scratch`
got wrong, and the other way round on 14 (MiniLM; McNemar's test, p = 1.0). With MiniLM on
reuters and on pictures the best way of transfer is 6 points ahead or more.
"""

FEWER = """## Fewer samples

The same, with fewer samples to learn from and to choose by. Accuracy and its interval (Wilson) are
of the tests of all seeds together, which share some samples; macro-F1 is their mean. Made with
`--learn 50 100`. Without transfer nothing is learned of pictures in the 20 epochs of the plan, and
of reuters much less than with it; in sms-spam even 40 texts show which words tell spam.

| data and preset | samples | strategy | accuracy | 95 % interval | macro-F1 | seeds |
|---|---|---|---|---|---|---|"""

if __name__ == "__main__":
    main()
