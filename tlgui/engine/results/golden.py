"""A few samples that go along with a model, so that its receiver can ask it again."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from tlgui.core.dataset import Dataset, Sample
from tlgui.engine.child import FreshModel
from tlgui.engine.results.bundle import GOLDEN_FOLDER, write_json
from tlgui.engine.results.comparison import MAX_DIFFERENCE, Answers
from tlgui.engine.results.exportable import Exportable

MAX_GOLDEN: Final = 4  # pictures of noise take 200 kB each


def write_golden(exportable: Exportable, bundle: Path, exported: FreshModel) -> Answers:
    """Write samples with the answers to expect, and return ours and the bundle's own.

    Raises:
        TlguiError: a sample is gone, or the bundle does not answer.
    """
    folder = bundle / GOLDEN_FOLDER
    folder.mkdir()
    files = exportable.write_golden(_chosen(exportable.trained.dataset), folder)
    answerer = exportable.trained.answerer
    ours = [answerer.answers(exportable.read_golden(file).contents)[0] for file in files]
    theirs = [exported.of_files([file]).probabilities[0] for file in files]
    return Answers(ours=np.stack(ours), theirs=np.stack(theirs))


def write_answers(bundle: Path, rows: NDArray[np.float32]) -> None:
    """Write the answers to expect of the golden samples, one row for each."""
    folder = bundle / GOLDEN_FOLDER
    names = sorted(file.name for file in folder.iterdir())
    answers = {n: [float(p) for p in row] for n, row in zip(names, rows, strict=True)}
    content = {"tolerance": MAX_DIFFERENCE, "probabilities": answers}
    write_json(folder / "answers.json", content)


def _chosen(dataset: Dataset) -> Sequence[Sample]:
    """Return test samples of different classes, as long as there are any."""
    test = dataset.of_split("test")
    firsts = {sample.label: sample for sample in reversed(test)}
    return list(firsts.values())[:MAX_GOLDEN]
