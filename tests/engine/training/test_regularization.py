"""What keeps a model from forgetting and over-fitting does so, and survives an interruption."""

import itertools

import keras
import numpy as np
import pytest

from tests.engine.conftest import TINY
from tlgui.core.errors import TlguiError
from tlgui.core.events import EpochEnded, Progressed, StepEnded
from tlgui.core.phase import ALL, Phase, Regularization
from tlgui.engine.channel import Channel, JobStopped
from tlgui.engine.models.checkpoints import load_latest
from tlgui.engine.models.heads import build_classifier
from tlgui.engine.models.presets import build_backbone
from tlgui.engine.training.penalties import build_penalties
from tlgui.engine.training.phases import apply_phase
from tlgui.engine.training.train import train
from tlgui.engine.training.trainee import FISHER, RAW
from tlgui.engine.training.training_step import Lesson, TrainingStep

OFTEN = {"batch_size": "8", "epochs": "2", "learning_rate": "0.01"}
KINDS = {
    "varied": ("tiny", {"augmentation": "strong", "mixup": "0.2", "label_smoothing": "0.1"}),
    "averaged": ("tiny", {"ema": "0.9", "schedule": "plateau", "class_balance": "sampling"}),
    "pulled": ("tiny_vectors", {"ewc": "1", "l2_sp": "0.1", "word_dropout": "0.2"}),
    "reminded": ("tiny_vectors", {"replay_fraction": "0.25", "dropout": "0.3"}),
}


@pytest.fixture
def source(request):
    """Return a function that gives the data of a preset's kind; shared, not to be changed."""
    return lambda preset: request.getfixturevalue(
        "shared_pictures" if preset == "tiny" else "shared_texts"
    )


def choices(kind, source):
    preset, own = KINDS[kind]
    replay = {"replay_folder": str(source(preset))} if kind == "reminded" else {}
    return {"strategy": "head_then_all", "preset": preset, **OFTEN, **own, **replay}


@pytest.mark.parametrize("kind", KINDS)
def test_a_pause_costs_nothing_to_the_last_bit(kind, trained_once, make_run, source, tiny_library):
    words = choices(kind, source)
    undisturbed = trained_once(source(words["preset"]), **words)
    run = make_run(source=source(words["preset"]), **words)
    ticks = itertools.count().__next__

    def listener(event):
        if isinstance(event, StepEnded) and (event.epoch, event.step) == (3, 1):
            channel.request = "pause"

    channel = Channel(run.path, [listener], ticks=ticks)
    train(run, tiny_library, channel, requested_s=0.0)
    train(run, tiny_library, Channel(run.path), requested_s=0.0)

    actual, expected = load_latest(run.checkpoints), load_latest(undisturbed.checkpoints)
    assert actual.position == expected.position
    assert actual.tensors.keys() == expected.tensors.keys()
    for path, tensor in expected.tensors.items():
        np.testing.assert_array_equal(actual.tensors[path], tensor, err_msg=path)


def test_averages_are_what_is_judged_and_the_weights_that_learn_are_kept_too(trained_once, source):
    words = choices("averaged", source)
    tensors = load_latest(trained_once(source("tiny"), **words).checkpoints).tensors

    raw = {path.removeprefix(RAW): t for path, t in tensors.items() if path.startswith(RAW)}

    assert "head/kernel" in raw
    assert all(not np.array_equal(tensors[path], tensor) for path, tensor in raw.items())


def test_information_of_weights_is_one_on_average_and_kept_for_a_resume(trained_once, source):
    words = choices("pulled", source)
    tensors = load_latest(trained_once(source("tiny_vectors"), **words).checkpoints).tensors
    found = {path: t for path, t in tensors.items() if path.startswith(FISHER)}

    assert not any("head/" in path for path in found), "the head has nothing to forget"
    assert all((tensor >= 0).all() for tensor in found.values())
    everything = np.concatenate([tensor.ravel() for tensor in found.values()])
    assert everything.mean() == pytest.approx(1, rel=1e-3)


def test_an_epoch_with_replay_looks_at_more_samples_than_there_are_new_ones(trained_once, source):
    words = choices("reminded", source)
    run = trained_once(source("tiny_vectors"), **words)
    steps = [e for e in run.events() if isinstance(e, StepEnded)]
    num_train = len(run.read_dataset().of_split("train"))

    assert steps[-1].num_steps == -(-num_train // 6), "two of eight samples are old ones"
    scores = [e.train_accuracy for e in run.events() if isinstance(e, EpochEnded)]
    assert all(0 <= score <= 1 for score in scores)


def test_old_samples_of_kinds_nobody_asked_for_are_refused(
    make_run, source, tiny_library, tmp_path
):
    for kind in ("animals", "galaxies"):
        (tmp_path / "old" / kind).mkdir(parents=True)
        (tmp_path / "old" / kind / "one.txt").write_text(f"a text about {kind}")
    words = {**choices("reminded", source), "replay_folder": str(tmp_path / "old")}
    run = make_run(source=source("tiny_vectors"), **words)

    with pytest.raises(TlguiError, match="classes_do_not_match"):
        train(run, tiny_library, Channel(run.path), requested_s=0.0)


@pytest.mark.parametrize("name", ["l2_sp", "ewc"])
def test_pulled_weights_stay_nearer_to_the_pretrained_ones(name):
    distances = [distance_after_steps(Regularization(**{name: s})) for s in (0.0, 1.0)]

    assert distances[1] < distances[0] / 2


def distance_after_steps(rules):
    """Return how far the backbone is from where it started, after some steps."""
    keras.utils.set_random_seed(0)
    model = build_classifier(build_backbone(TINY), 3)
    learning = apply_phase(Phase(id="all", trains=ALL, learning_rate=0.003), model, 1)
    start = {v.path: keras.ops.convert_to_numpy(v) for v in learning.variables}
    pretrained = {path: value for path, value in start.items() if not path.startswith("head/")}
    fisher = {path: np.ones_like(value) for path, value in pretrained.items()}
    penalties = build_penalties(rules, learning.variables, pretrained, fisher)
    step = TrainingStep(model, learning, penalties=penalties)
    pixels = np.random.default_rng(0).integers(0, 256, (8, 32, 32, 3)).astype(np.float32)
    for _ in range(20):
        step(Lesson(batch=pixels, labels=np.arange(8) % 3, weights=np.ones(8, np.float32)))
    return sum(
        float(np.square(keras.ops.convert_to_numpy(v) - pretrained[v.path]).sum())
        for v in learning.variables
        if v.path in pretrained
    )


def test_smoothed_labels_make_even_a_sure_answer_cost_something():
    model = build_classifier(build_backbone(TINY), 3)
    learning = apply_phase(Phase(id="all", trains=ALL, learning_rate=1e-9), model, 1)
    lesson = Lesson(
        batch=np.zeros((3, 32, 32, 3), np.float32),
        labels=np.arange(3),
        weights=np.ones(3, np.float32),
    )
    model.get_layer("head").kernel.assign(keras.ops.zeros((24, 3)))
    even, _ = TrainingStep(model, learning)(lesson)
    smoothed, _ = TrainingStep(model, learning, label_smoothing=0.2)(lesson)
    model.get_layer("head").bias.assign([9.0, 0.0, 0.0])
    sure, _ = TrainingStep(model, learning)(
        Lesson(batch=lesson.batch, labels=np.zeros(3, np.int64), weights=lesson.weights)
    )
    less, _ = TrainingStep(model, learning, label_smoothing=0.2)(
        Lesson(batch=lesson.batch, labels=np.zeros(3, np.int64), weights=lesson.weights)
    )

    assert even == pytest.approx(smoothed, rel=1e-4), "an even answer costs log 3 either way"
    assert sure < 0.01 < less


def test_a_pause_while_samples_are_judged_costs_nothing(
    trained_once, make_run, source, tiny_library
):
    words = choices("averaged", source)
    undisturbed = trained_once(source("tiny"), **words)
    run = make_run(source=source("tiny"), **words)

    def listener(event):
        if isinstance(event, Progressed) and event.activity == "validating":
            channel.request = "pause"
            raise JobStopped

    channel = Channel(run.path, [listener], ticks=itertools.count().__next__)
    train(run, tiny_library, channel, requested_s=0.0)
    assert load_latest(run.checkpoints).position.step, "it was stopped before the epoch's end"
    train(run, tiny_library, Channel(run.path), requested_s=0.0)

    actual, expected = load_latest(run.checkpoints), load_latest(undisturbed.checkpoints)
    assert actual.position == expected.position
    for path, tensor in expected.tensors.items():
        np.testing.assert_array_equal(actual.tensors[path], tensor, err_msg=path)


def test_mixed_pictures_count_as_much_as_their_parts():
    model = build_classifier(build_backbone(TINY), 2)
    learning = apply_phase(Phase(id="all", trains=ALL, learning_rate=1e-9), model, 1)
    model.get_layer("head").kernel.assign(keras.ops.zeros((24, 2)))
    model.get_layer("head").bias.assign([2.0, 0.0])

    def halves(pixels, targets):
        return pixels, (targets + targets[::-1]) / 2

    step = TrainingStep(model, learning, augmentation=halves)
    pixels = np.zeros((2, 32, 32, 3), np.float32)
    weights = np.array([0.5, 4.0], np.float32)
    loss, _ = step(Lesson(batch=pixels, labels=np.arange(2), weights=weights))

    costs = np.log1p(np.exp(-2.0)), np.log1p(np.exp(2.0))
    assert loss == pytest.approx((0.5 * costs[0] + 4.0 * costs[1]) / 2, rel=1e-4)


def test_a_plateau_halves_the_rate_after_two_rounds_without_progress(
    make_run, source, tiny_library
):
    words = {"strategy": "full_fine_tuning", "preset": "tiny", "schedule": "plateau"}
    rates = {"learning_rate": "0.9", "epochs": "6", "patience": "6", "batch_size": "32"}
    run = make_run(source=source("tiny"), **words, **rates)
    train(run, tiny_library, Channel(run.path), requested_s=0.0)

    told = [e.learning_rates[0] for e in run.events() if isinstance(e, EpochEnded)]

    assert told[0] == pytest.approx(0.9)
    assert told[-1] in [pytest.approx(0.9 / 2**k) for k in (1, 2, 3)]
