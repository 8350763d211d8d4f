"""Runs that are already trained."""

import csv
import random
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.engine.conftest import COMMON_WORDS, TEXT_CLASSES
from tlgui.core.run_folder import RunFolder
from tlgui.engine.channel import Channel
from tlgui.engine.data.tables import TableColumns
from tlgui.engine.models.classifiers import best_checkpoint
from tlgui.engine.results import familiarity
from tlgui.engine.results.ensemble import make_ensemble
from tlgui.engine.results.evaluate import evaluate_run

LETTERS_PER_CLASS = 16


@pytest.fixture(scope="session")
def finished_run(trained_once, shared_pictures) -> RunFolder:
    """A run on pictures whose head was solved; shared, see ``trained_once``."""
    return trained_once(shared_pictures, "tiny")


@pytest.fixture(scope="session")
def fine_tuned_run(trained_once, shared_pictures) -> RunFolder:
    """A run on pictures whose best epoch has a trained backbone; shared likewise."""
    return trained_once(
        shared_pictures,
        "tiny",
        "head_then_all",
        learning_rate="0.001",
        epochs="2",
        batch_size="8",
    )


@pytest.fixture(scope="session")
def joined(tmp_path_factory, tiny_library) -> Callable[..., RunFolder]:
    """Return a function that gives the ensemble of some runs, each made once."""
    made: dict[tuple[RunFolder, ...], RunFolder] = {}

    def join(*runs: RunFolder) -> RunFolder:
        if runs not in made:
            to = tmp_path_factory.mktemp("ensembles") / "together-1"
            make_ensemble(runs, tiny_library, to, Channel())
            made[runs] = RunFolder(to)
        return made[runs]

    return join


@pytest.fixture(scope="session")
def judged_again(tiny_library, tmp_path_factory) -> Callable[[RunFolder], RunFolder]:
    """Return a function that judges a copy of a run where few samples tell what is ordinary."""

    def judged(run):
        copy = RunFolder(tmp_path_factory.mktemp("judged") / "run")
        shutil.copytree(run.path, copy.path)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(familiarity, "MIN_VALIDATION", 5)
            evaluate_run(copy, tiny_library, Channel())
        return copy

    return judged


@pytest.fixture
def own_finished_run(finished_run, tmp_path) -> RunFolder:
    """A trained run on pictures that a test may change."""
    return RunFolder(shutil.copytree(finished_run.path, tmp_path / "own-run"))


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
def letter_run(trained_once, letters) -> Callable[..., RunFolder]:
    """Return a function that gives a trained run on the subjects; shared, see ``trained_once``."""
    columns = TableColumns(text="subject")

    def trained(preset: str = "tiny_vectors", *strategy: str, **settings: str) -> RunFolder:
        return trained_once(letters, preset, *strategy, columns=columns, **settings)

    return trained


@pytest.fixture(scope="session")
def fine_tuned_letter_run(letter_run) -> RunFolder:
    """A run on the subjects whose best epoch has a trained backbone; shared likewise."""
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
