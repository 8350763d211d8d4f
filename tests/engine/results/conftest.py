"""Runs that are already trained."""

import csv
import random
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.engine.conftest import COMMON_WORDS, TEXT_CLASSES
from tlgui.core.plan import make_plan
from tlgui.core.run_folder import RunFolder, create_run
from tlgui.engine.channel import Channel
from tlgui.engine.data.scan import scan_folder
from tlgui.engine.data.tables import TableColumns
from tlgui.engine.models.classifiers import best_checkpoint
from tlgui.engine.training.train import train

LETTERS_PER_CLASS = 16


@pytest.fixture
def finished_run(make_run, tiny_library):
    """A run whose head was solved."""
    run = make_run()
    train(run, tiny_library, Channel(run.path), requested_s=0.0)
    return run


@pytest.fixture
def fine_tuned_run(make_run, tiny_library):
    """A run whose best epoch has a trained backbone."""
    run = make_run("head_then_all", learning_rate="0.001", epochs="2", batch_size="8")
    train(run, tiny_library, Channel(run.path), requested_s=0.0)
    return run


@pytest.fixture(scope="session")
def letters(tmp_path_factory) -> Path:
    """A table of letters: the subject tells their kind, the body speaks of the next kind."""
    chance = random.Random(22)
    kinds = [*TEXT_CLASSES]
    path = tmp_path_factory.mktemp("letters") / "letters.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("subject", "body", "kind"))
        for number in range(LETTERS_PER_CLASS * len(kinds)):
            kind, other = kinds[number % 3], kinds[(number + 1) % 3]
            subject = _sentence(chance, kind, 5 + number % 7)
            writer.writerow((subject, _sentence(chance, other, 8 + number % 9), kind))
    return path


def _sentence(chance: random.Random, kind: str, num_words: int) -> str:
    words = [*chance.choices(TEXT_CLASSES[kind], k=num_words), *chance.choices(COMMON_WORDS, k=3)]
    chance.shuffle(words)
    return " ".join(words)


@pytest.fixture(scope="session")
def letter_run(tmp_path_factory, tiny_library, letters) -> Callable[..., RunFolder]:
    """Return a function that gives a trained run on the subjects; each is trained only once.

    What it gives is shared: whoever changes a run takes a copy.
    """
    runs: dict[object, RunFolder] = {}

    def trained(
        preset: str = "tiny_vectors", strategy: str = "feature_extraction", **settings: str
    ) -> RunFolder:
        key = preset, strategy, *settings.items()
        if key not in runs:
            dataset = scan_folder(letters, Channel(), columns=TableColumns(text="subject"))
            plan = make_plan(tiny_library.catalog[preset], strategy=strategy, settings=settings)
            run = create_run(tmp_path_factory.mktemp("letter-runs") / preset, dataset, plan)
            train(run, tiny_library, Channel(run.path), requested_s=0.0)
            runs[key] = run
        return runs[key]

    return trained


@pytest.fixture(scope="session")
def fine_tuned_letter_run(letter_run) -> RunFolder:
    """A run on the subjects whose best epoch has a trained backbone; shared, see there."""
    run = letter_run(
        "tiny_text",
        "head_then_all",
        pooling="layer_mixture",
        learning_rate="0.003",
        epochs="4",
        batch_size="4",
    )
    assert any(path.startswith("transformer_") for path in best_checkpoint(run).tensors)
    return run


@pytest.fixture
def own_letter_run(letter_run, tmp_path) -> RunFolder:
    """A trained run on the subjects that a test may change."""
    return RunFolder(shutil.copytree(letter_run().path, tmp_path / "own-run"))


@pytest.fixture
def subjects(letters) -> list[tuple[str, str]]:
    """The subject and the kind of every letter, in the order of the rows."""
    with letters.open(encoding="utf-8", newline="") as file:
        return [(row["subject"], row["kind"]) for row in csv.DictReader(file)]
