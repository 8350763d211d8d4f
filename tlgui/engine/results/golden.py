"""A few samples that go along with a model, so that its receiver can ask it again."""

from collections.abc import Iterable, Sequence
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
    ours = [answerer.told(exportable.read_golden(file).contents) for file in files]
    theirs = [exported.of_files([file]) for file in files]
    return Answers(
        ours=np.concatenate([told.probabilities for told in ours]),
        theirs=np.concatenate([told.probabilities for told in theirs]),
        our_strangeness=_joined(told.strangeness for told in ours),
        their_strangeness=_joined(told.strangeness for told in theirs),
    )


def write_answers(bundle: Path, golden: Answers, *, is_exact: bool) -> None:
    """Write the answers to expect of the golden samples: ours, or its own of smaller weights."""
    rows = golden.ours if is_exact else golden.theirs
    folder = bundle / GOLDEN_FOLDER
    names = sorted(file.name for file in folder.iterdir())
    answers = {n: [float(p) for p in row] for n, row in zip(names, rows, strict=True)}
    content: dict[str, object] = {"tolerance": MAX_DIFFERENCE, "probabilities": answers}
    if golden.our_strangeness is not None:
        content["strangeness"] = dict(zip(names, golden.our_strangeness.tolist(), strict=True))
    write_json(folder / "answers.json", content)


def _joined(values: Iterable[NDArray[np.floating] | None]) -> NDArray[np.floating] | None:
    known = [value for value in values if value is not None]
    return np.concatenate(known) if known else None


def _chosen(dataset: Dataset) -> Sequence[Sample]:
    """Return test samples of different classes, as long as there are any."""
    test = dataset.of_split("test")
    firsts = {sample.label: sample for sample in reversed(test)}
    return list(firsts.values())[:MAX_GOLDEN]
