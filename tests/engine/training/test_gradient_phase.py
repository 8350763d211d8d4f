"""Texts learned by gradient steps: what changes, and what an interruption costs."""

import itertools
import json
import subprocess
import sys
from pathlib import Path

import keras
import numpy as np
import pytest

from tlgui.core.events import EpochEnded, PhaseStarted, Progressed, StepEnded
from tlgui.engine.channel import Channel
from tlgui.engine.data.tokenizer import Tokenizer
from tlgui.engine.models.checkpoints import load_latest
from tlgui.engine.models.heads import build_classifier
from tlgui.engine.models.presets import load_backbone
from tlgui.engine.training.train import train

ROOT = Path(__file__).parents[3]
MIXTURE = ("tiny_text", "layer_mixture")
KINDS = [
    ("tiny_text", "mean"),
    pytest.param("tiny_text", "first_token", marks=pytest.mark.slow),  # without weights, likewise
    MIXTURE,
    ("tiny_vectors", "mean"),
]


def choices(preset, pooling):
    """Return how a run on texts is fine-tuned, as words for ``make_run`` and ``trained_once``."""
    own = {"pooling": pooling} if preset == "tiny_text" else {}
    return {
        "strategy": "head_then_all",
        "preset": preset,
        "learning_rate": "0.01",
        "batch_size": "8",
        "epochs": "2",
        **own,
    }


@pytest.fixture
def undisturbed(trained_once, shared_texts):
    """Return a function that gives a run that nothing disturbed; shared, see ``trained_once``."""
    return lambda preset, pooling: trained_once(shared_texts, **choices(preset, pooling))


def train_and_pause_at(run, library, epoch, step):
    """Train until a step of an epoch is done."""
    ticks = itertools.count().__next__  # time flies, so that every step is told

    def listener(event):
        if isinstance(event, StepEnded) and (event.epoch, event.step) == (epoch, step):
            channel.request = "pause"

    channel = Channel(run.path, [listener], ticks=ticks)
    train(run, library, channel, requested_s=0.0)


def assert_same_end(run, undisturbed):
    actual, expected = load_latest(run.checkpoints), load_latest(undisturbed.checkpoints)
    assert actual.position == expected.position
    assert actual.tensors.keys() == expected.tensors.keys()
    for path, tensor in expected.tensors.items():
        np.testing.assert_array_equal(actual.tensors[path], tensor, err_msg=path)


def test_long_wait_for_the_first_step_has_a_name(undisturbed):
    events = list(undisturbed("tiny_text", "mean").events())
    first = next(index for index, e in enumerate(events) if isinstance(e, StepEnded))

    assert isinstance(events[first - 1], Progressed)
    assert events[first - 1].activity == "compiling"


def test_a_computer_short_of_memory_trains_all_the_same(
    make_run, tiny_library, shared_texts, undisturbed, monkeypatch
):
    usual = losses(undisturbed("tiny_text", "mean"))
    monkeypatch.setattr("tlgui.engine.training.trainee.memory_free_bytes", lambda: 0.0)
    run = make_run(source=shared_texts, **choices("tiny_text", "mean"))
    train(run, tiny_library, Channel(run.path), requested_s=0.0)

    assert losses(run) != usual, "one text at a time rounds otherwise"
    assert losses(run) == pytest.approx(usual, rel=0.5), "dropout and Adam tell them apart"


def losses(run):
    return [event.train_loss for event in run.events() if isinstance(event, EpochEnded)]


# what differs between them is the head; the mixture of layers has what all the others have
@pytest.mark.parametrize(
    ("preset", "pooling"),
    [("tiny_vectors", "mean"), MIXTURE, pytest.param("tiny_text", "mean", marks=pytest.mark.slow)],
)
def test_pause_within_an_epoch_costs_nothing_to_the_last_bit(
    make_run, undisturbed, shared_texts, tiny_library, preset, pooling
):
    run = make_run(source=shared_texts, **choices(preset, pooling))

    train_and_pause_at(run, tiny_library, 2, 2)
    assert load_latest(run.checkpoints).position.step == 2
    # names of layers go on counting within a process, whatever else is built in it
    build_classifier(load_backbone(tiny_library.folder("tiny_text")), 3)
    train(run, tiny_library, Channel(run.path), requested_s=0.0)

    assert run.status() == "finished"
    assert_same_end(run, undisturbed(preset, pooling))


@pytest.mark.parametrize(("preset", "pooling"), KINDS)
def test_everything_that_is_announced_learns(undisturbed, tiny_library, preset, pooling):
    run = undisturbed(preset, pooling)
    model = build_classifier(load_backbone(tiny_library.folder(preset)), 3, pooling)
    before = {v.path: keras.ops.convert_to_numpy(v) for v in model.weights}

    after = load_latest(run.checkpoints).tensors

    phases = [e for e in run.events() if isinstance(e, PhaseStarted)]
    same = {path for path, value in before.items() if np.array_equal(after[path], value)}
    num_groups = tiny_library.catalog[preset].num_groups
    assert [p.trained_groups for p in phases] == [
        (False,) * num_groups + (True,),
        (True,) * (num_groups + 1),
    ]
    assert phases[0].num_parameters == phases[1].num_parameters == phases[1].num_trained
    assert phases[0].num_trained == sum(
        np.size(v) for path, v in before.items() if path.startswith(("head/", "mixture/"))
    )
    # a softmax does not see what shifts all of its logits: their bias has no gradient
    assert {path for path in same if "/key/bias" not in path} == set()


def test_best_epoch_answers_better_than_chance(undisturbed):
    run = undisturbed("tiny_vectors", "mean")

    epochs = [e for e in run.events() if isinstance(e, EpochEnded)]

    assert [e.epoch for e in epochs] == [1, 2, 3]
    assert run.read_evaluation().accuracy.value > 0.6


def test_texts_are_tokenized_once_to_train_and_once_to_judge(make_run, tiny_library, monkeypatch):
    asked = []
    encode = Tokenizer.encode_noting_cuts
    monkeypatch.setattr(
        Tokenizer,
        "encode_noting_cuts",
        lambda self, texts: [asked.extend(texts), encode(self, texts)][1],
    )
    run = make_run(**choices("tiny_vectors", "mean"))

    train(run, tiny_library, Channel(run.path), requested_s=0.0)

    dataset = run.read_dataset()
    # in the end validation samples say how sure the model may be, and those of a trained network
    # that were learned from say what is familiar to it: not once per epoch
    twice = len(dataset.of_split("validation")) + len(dataset.of_split("train"))
    assert len(asked) - twice == len(set(asked)) == len(dataset.samples)


@pytest.mark.slow
def test_resume_in_a_fresh_process_ends_where_an_undisturbed_run_ends(
    make_run, undisturbed, shared_texts, tiny_library, tmp_path
):
    run = make_run(source=shared_texts, **choices("tiny_text", "layer_mixture"))
    train_and_pause_at(run, tiny_library, 2, 2)
    program = (
        "import sys; from pathlib import Path\n"
        "from tests.engine.tiny_text import write_tiny_text_preset\n"
        "from tlgui.core.catalog import read_catalog\n"
        "from tlgui.core.run_folder import open_run\n"
        "from tlgui.core.settings import resources_folder\n"
        "from tlgui.engine.channel import Channel\n"
        "from tlgui.engine.models.library import PresetLibrary\n"
        "from tlgui.engine.training.train import train\n"
        "folder, run = Path(sys.argv[1]), open_run(Path(sys.argv[2]))\n"
        "info = write_tiny_text_preset(folder / 'tiny_text')\n"
        "catalog = read_catalog(resources_folder() / 'models.toml')\n"
        "library = PresetLibrary({**catalog, info.id: info}, (folder,))\n"
        "train(run, library, Channel(run.path), requested_s=0.0)\n"
    )

    subprocess.run(
        [sys.executable, "-c", program, tmp_path / "presets", run.path], cwd=ROOT, check=True
    )

    assert_same_end(run, undisturbed("tiny_text", "layer_mixture"))
    environment = json.loads((run.path / "environment.json").read_text())
    assert environment["packages"]["tokenizers"]
