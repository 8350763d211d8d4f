"""Every format of export, as a receiver without tlgui finds it: size, speed, agreement.

Each bundle gets a virtual environment of its own with only the packages that it names, passes its
self-test there and answers the whole test split of its run, from the files. Finished rows are kept
in WORK/rows.jsonl; a second start goes on where the first one stopped. In the end all bundles are
timed, one after the other: only then should nothing else run.
"""

import argparse
import csv
import json
import shutil
import subprocess
import sys
import venv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.commands import ROOT, run_tlgui, train
from tlgui.core.export_formats import EXPORT_FORMATS

DOCUMENT = ROOT / "docs" / "export.md"

INTRO = """# Exports

What a receiver finds, measured by `benchmarks/export.py PICTURES TEXTS --work FOLDER`. Each bundle
got a virtual environment with nothing but the packages in its `requirements.txt`, and no tlgui;
there its `selftest.py` passed, and its `predict.py` read every file of the test split and answered
it, in batches of 32.

*Same label* and *largest difference* (of a probability) are beside the answers of the run itself.
*A second* counts samples without reading files; *beside Keras* is the ratio to the Keras export of
the same run. All bundles were timed at the end, one after the other. *Packages* is the environment
on the disk. `float16` and `int8` say what they cost: the accuracy on the validation split beside
that of the same format as it is.
"""

# in the environment of the receiver: nothing but the bundle's own scripts
RECEIVER = """
import json, sys, time
sys.path.insert(0, sys.argv[1])
from predict import Classifier
import numpy as np
classifier = Classifier()
files = json.load(sys.stdin)
items = [classifier.read(file) for file in files]
batches = [items[start : start + 32] for start in range(0, len(items), 32)]
classifier.probabilities(batches[0])
start_s = time.perf_counter()
rows = np.concatenate([classifier.probabilities(batch) for batch in batches])
seconds = time.perf_counter() - start_s
assert "tlgui" not in sys.modules
print(json.dumps({"rows": rows.tolist(), "samples_per_s": len(items) / seconds}))
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """A run whose model is exported."""

    title: str
    data: Path
    options: tuple[str, ...]
    has_smaller: bool  # whether smaller weights are tried too

    @property
    def name(self) -> str:
        """What its folders are called."""
        return self.title.replace(" ", "-").replace(",", "").replace("*", "").lower()


def main() -> None:
    """Train, export, receive and write the document."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("pictures", type=Path)
    parser.add_argument("texts", type=Path, help="a folder of text files")
    parser.add_argument("--work", type=Path, required=True)
    arguments = parser.parse_args()
    work: Path = arguments.work.absolute()
    subjects = [*_subjects(arguments.pictures.absolute(), arguments.texts.absolute())]
    for is_smaller in (False, True):  # so that whoever stops early has every format once
        for subject in subjects:
            _measure(subject, is_smaller, work)
    rows = [{**row, **_timed(row, work)} for row in _rows(work)]
    DOCUMENT.write_text(_document(rows), encoding="utf-8")


def _measure(subject: Subject, is_smaller: bool, work: Path) -> None:
    """Write the rows of a run that are missing."""
    run = work / "runs" / subject.name
    if not (run / "evaluation" / "evaluation.json").exists():
        train(subject.data, work / "home", "--run", str(run), *subject.options)
    for export_format, quantize in _choices(run):
        key = [subject.title, export_format, quantize]
        is_due = bool(quantize) == is_smaller and (not quantize or subject.has_smaller)
        if is_due and key not in [row["key"] for row in _rows(work)]:
            row = {"key": key, "run": subject.name, **_received(run, export_format, quantize, work)}
            with (work / "rows.jsonl").open("a", encoding="utf-8") as file:
                file.write(json.dumps(row) + "\n")
            print(json.dumps(row), flush=True)


def _timed(row: dict[str, Any], work: Path) -> dict[str, float]:
    """Return how fast the bundle of a row answers."""
    run = work / "runs" / row["run"]
    found = _answers(run, _bundle(run, row["key"][1], row["key"][2], work), work)
    print(row["key"], round(found["samples_per_s"]), flush=True)
    return {"samples_per_s": found["samples_per_s"]}


def _subjects(pictures: Path, texts: Path) -> Iterator[Subject]:
    for title, data, preset, strategy in (
        ("Pictures, EfficientNet-Lite0", pictures, "efficientnet_lite0_imagenet", "head"),
        ("Texts, MiniLM", texts, "all_minilm_l6_v2_en", "head"),
        ("Pictures, EfficientNet-Lite0", pictures, "efficientnet_lite0_imagenet", "all"),
        ("Texts, GloVe", texts, "glove_50k_100d_en", "head"),
        ("Texts, word counts", texts, "tfidf_linear", "head"),
    ):
        name = "head_then_all" if strategy == "all" else "feature_extraction"
        yield Subject(
            title=f"{title}, {name}",
            data=data,
            options=("--preset", preset, "--strategy", name, "--epochs=1"),
            has_smaller=strategy == "head",
        )


def _choices(run: Path) -> Iterator[tuple[str, str]]:
    """Yield what a run can be exported as, Keras first."""
    modality = json.loads((run / "dataset.json").read_text(encoding="utf-8"))["modality"]
    preset = json.loads((run / "plan.json").read_text(encoding="utf-8"))["preset"]
    for known in EXPORT_FORMATS.values():
        if known.id != "keras_hub" or preset.startswith("all_minilm"):
            yield from ((known.id, stored) for stored in known.quantizations(modality))


def _received(run: Path, export_format: str, quantize: str, work: Path) -> dict[str, Any]:
    """Export a run and return what its receiver finds."""
    bundle = _bundle(run, export_format, quantize, work)
    environment = _environment(bundle, work)
    selftest = subprocess.run(
        [environment / "bin" / "python", "-B", bundle / "selftest.py"],
        check=False,
        capture_output=True,
        text=True,
    )
    if selftest.returncode:
        raise SystemExit(f"{bundle}: {selftest.stderr}")
    finished = json.loads(bundle.with_suffix(".json").read_text(encoding="utf-8"))
    return {
        **_compared(_answers(run, bundle, work)["rows"], run, bundle),
        **{name: finished[name] for name in ("model_bytes", "accuracy", "float_accuracy")},
        "environment_bytes": _size(environment),
    }


def _bundle(run: Path, export_format: str, quantize: str, work: Path) -> Path:
    """Return the bundle of a run, beside what the export told at its end."""
    bundle = work / "bundles" / f"{run.name}-{export_format}-{quantize or 'float32'}"
    told = bundle.with_suffix(".json")
    if not told.exists():
        shutil.rmtree(bundle, ignore_errors=True)
        words = ["--format", export_format, "--to", str(bundle)]
        words += ["--quantize", quantize] if quantize else []
        finished = run_tlgui(work / "home", "export", str(run), *words).events[-1]
        told.write_text(json.dumps(finished), encoding="utf-8")
    return bundle


def _answers(run: Path, bundle: Path, work: Path) -> dict[str, Any]:
    """Return the probabilities that a bundle gives for the test split, and how fast it is."""
    answered = subprocess.run(
        [_environment(bundle, work) / "bin" / "python", "-I", "-c", RECEIVER, bundle],
        input=json.dumps(_expected(run)[0]),
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    found: dict[str, Any] = json.loads(answered.stdout.splitlines()[-1])
    return found


def _environment(bundle: Path, work: Path) -> Path:
    """Return an environment with what a bundle names, and no more."""
    asked = (bundle / "requirements.txt").read_text(encoding="utf-8").split()
    folder = work / "environments" / "_".join(asked)
    if not (folder / "complete").exists():
        shutil.rmtree(folder, ignore_errors=True)
        venv.create(folder, with_pip=True)
        pip = [folder / "bin" / "python", "-m", "pip", "install", "--quiet"]
        subprocess.run([*pip, "-r", bundle / "requirements.txt"], check=True)
        (folder / "complete").touch()
    return folder


def _expected(run: Path) -> tuple[list[str], list[str], list[list[float]]]:
    """Return the files of the test split, and the run's answer and probabilities for each."""
    folder = json.loads((run / "dataset.json").read_text(encoding="utf-8"))["folder"]
    with (run / "evaluation" / "predictions.csv").open(encoding="utf-8", newline="") as file:
        head, *rows = csv.reader(file)
    start = len(head) - len(json.loads((run / "dataset.json").read_text())["classes"])
    files = [str(Path(folder, row[0])) for row in rows]
    return files, [row[2] for row in rows], [[float(p) for p in row[start:]] for row in rows]


def _compared(found: list[list[float]], run: Path, bundle: Path) -> dict[str, Any]:
    _, labels, expected = _expected(run)
    names = json.loads((bundle / "labels.json").read_text(encoding="utf-8"))
    said = [names[row.index(max(row))] for row in found]
    same = sum(a == b for a, b in zip(said, labels, strict=True))
    pairs = zip(found, expected, strict=True)
    difference = max(abs(p - e) for row, other in pairs for p, e in zip(row, other, strict=True))
    return {"num_samples": len(labels), "num_same": same, "difference": difference}


def _size(folder: Path) -> int:
    return sum(file.lstat().st_size for file in folder.rglob("*") if file.is_file())


def _rows(work: Path) -> list[dict[str, Any]]:
    path = work / "rows.jsonl"
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    return [json.loads(line) for line in lines]


def _document(rows: list[dict[str, Any]]) -> str:
    """Return the tables, one for each run, each beside the Keras export of the same run."""
    text = INTRO
    for title in dict.fromkeys(row["key"][0] for row in rows):
        own = [row for row in rows if row["key"][0] == title]
        [keras] = [row for row in own if row["key"][1] == "keras"]
        text += f"\n## {title}\n\n{own[0]['num_samples']} test samples.\n\n"
        text += "| format | weights | model, MB | packages, MB | same label | largest difference |"
        text += " a second | beside Keras | accuracy on validation |\n" + "|---" * 9 + "|\n"
        text += "".join(_line(row, keras) for row in own)
    return text


def _line(row: dict[str, Any], keras: dict[str, Any]) -> str:
    _, export_format, quantize = row["key"]
    ratio = row["samples_per_s"] / keras["samples_per_s"]
    cells = [
        f"`{export_format}`",
        quantize or "as they are",
        f"{row['model_bytes'] / 1e6:.1f}",
        f"{row['environment_bytes'] / 1e6:.0f}",
        f"{row['num_same'] / row['num_samples']:.1%}",
        f"{row['difference']:.1g}",
        f"{row['samples_per_s']:.0f}",
        f"{ratio:.1f}",
        f"{row['accuracy']:.3f} instead of {row['float_accuracy']:.3f}" if quantize else "",
    ]
    return f"| {' | '.join(cells)} |\n"


if __name__ == "__main__":
    main()
