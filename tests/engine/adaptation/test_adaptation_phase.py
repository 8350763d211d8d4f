"""Learning from files without labels: what changes, what is kept, and what it must not see."""

import itertools
import shutil
from pathlib import Path

import keras
import numpy as np
import pytest

from tests.engine.training.test_gradient_phase import assert_same_end
from tlgui.core.errors import TlguiError
from tlgui.core.events import AdaptationEpochEnded, EpochEnded, PhaseStarted, StepEnded
from tlgui.core.run_folder import RunFolder
from tlgui.engine.channel import Channel
from tlgui.engine.data.unlabeled import UNLABELED
from tlgui.engine.models.checkpoints import load_latest
from tlgui.engine.models.classifiers import best_checkpoint, open_inputs, open_network
from tlgui.engine.models.linear_head import BIAS
from tlgui.engine.models.presets import load_backbone
from tlgui.engine.models.traced_steps import keras_batch
from tlgui.engine.models.trained_model import build_trained_model
from tlgui.engine.results.export import export_run
from tlgui.engine.training.train import train

PRESETS = {"tiny_text": "texts", "tiny": "pictures", "tiny_vit": "pictures"}
EVERY = pytest.mark.parametrize("preset", PRESETS)
SLOW_TOO = pytest.mark.slow  # one of each kind is enough for every push
BOTH = pytest.mark.parametrize("preset", ["tiny_text", pytest.param("tiny", marks=SLOW_TOO)])


@pytest.fixture
def source(shared_texts, shared_pictures):
    return lambda preset: shared_texts if preset == "tiny_text" else shared_pictures


@pytest.fixture
def adapted_run(trained_once, source):
    """Return a function that gives a run that adapted; shared, see ``trained_once``."""
    return lambda preset, **more: trained_once(
        source(preset), preset, adapt="2", batch_size="8", **more
    )


def backbone_tensors(library, preset):
    backbone = load_backbone(library.folder(preset))
    return {v.path: keras.ops.convert_to_numpy(v) for v in backbone.weights}


def test_adapting_comes_first_and_the_head_is_solved_on_what_it_left(adapted_run):
    events = list(adapted_run("tiny_text").events())

    assert [e.phase for e in events if isinstance(e, PhaseStarted)] == ["adapt", "head"]
    adaptations = [e for e in events if isinstance(e, AdaptationEpochEnded)]
    assert [e.epoch for e in adaptations] == [1, 2]
    assert [e.epoch for e in events if isinstance(e, EpochEnded)] == [3]
    assert events[-1].kind == "run_finished"
    assert events[-1].best_epoch == 3


@EVERY
def test_adapting_changes_the_whole_backbone(adapted_run, tiny_library, preset):
    run = adapted_run(preset)
    before, after = backbone_tensors(tiny_library, preset), load_latest(run.checkpoints).tensors

    same = {path for path, value in before.items() if np.array_equal(after[path], value)}

    started = next(e for e in run.events() if isinstance(e, PhaseStarted))
    assert started.trained_groups == (True,) * tiny_library.catalog[preset].num_groups + (False,)
    assert {p.split("/")[0] for p in same} <= {"pooled_dense"} | {
        name for name in (p.split("/")[0] for p in same) if "bn" in name or "norm" in name
    } | {p.split("/")[0] for p in same if "/key/bias" in p}


@EVERY
def test_nothing_but_the_model_is_left_of_the_task(adapted_run, tiny_library, preset):
    tensors = load_latest(adapted_run(preset).checkpoints).tensors

    assert set(tensors) == {*backbone_tensors(tiny_library, preset), "head/kernel", BIAS}


@EVERY
def test_answers_are_those_of_the_adapted_model_in_keras(adapted_run, tiny_library, preset):
    run = adapted_run(preset)
    plan, tensors = run.read_plan(), load_latest(run.checkpoints).tensors
    folder = tiny_library.folder(preset)
    samples = run.read_dataset().of_split("test")
    inputs = open_inputs(run.read_dataset(), plan, tiny_library, Channel())
    [batch] = inputs.batches(samples, len(samples))
    backbone = load_backbone(folder)
    for variable in backbone.weights:
        variable.assign(tensors[variable.path])

    network = open_network(plan, tiny_library, tensors)
    answers = network.probabilities(network.lower(batch))

    model = build_trained_model(folder, tensors, plan)
    by_hand = keras.ops.softmax(model(keras_batch(model, batch), training=False))
    np.testing.assert_allclose(answers, keras.ops.convert_to_numpy(by_hand), atol=1e-5)
    features = model.get_layer("head").input
    pooled = keras.Model(model.input, features)(keras_batch(model, batch), training=False)
    logits = keras.ops.convert_to_numpy(pooled) @ tensors["head/kernel"] + tensors[BIAS]
    np.testing.assert_array_equal(answers.argmax(1), logits.argmax(1))
    num_right = sum(answers.argmax(1) == [s.label for s in samples])
    assert run.read_evaluation().accuracy.value == pytest.approx(num_right / len(samples))


@BOTH
def test_an_export_of_an_adapted_model_answers_as_the_run_does(
    adapted_run, tiny_library, tmp_path, heard, preset
):
    run = RunFolder(shutil.copytree(adapted_run(preset).path, tmp_path / "run"))

    export_run(run, tiny_library, "onnx", tmp_path / "bundle", Channel(None, [heard.append]))

    assert heard[-1].kind == "export_finished"
    assert heard[-1].label_agreement == 1.0


@BOTH
@pytest.mark.parametrize("at", [pytest.param((1, 2), marks=SLOW_TOO), (2, 1)])
def test_pause_within_an_epoch_costs_nothing_to_the_last_bit(
    make_run, adapted_run, source, tiny_library, preset, at
):
    run = make_run(source=source(preset), preset=preset, adapt="2", batch_size="8")

    def listener(event):
        if isinstance(event, StepEnded) and (event.epoch, event.step) == at:
            channel.request = "pause"

    channel = Channel(run.path, [listener], ticks=itertools.count().__next__)
    train(run, tiny_library, channel, requested_s=0.0)
    assert run.status() == "paused"
    assert load_latest(run.checkpoints).position.step == at[1]
    load_backbone(tiny_library.folder(preset))  # names go on counting within a process
    train(run, tiny_library, Channel(run.path), requested_s=0.0)

    assert run.status() == "finished"
    assert_same_end(run, adapted_run(preset))
    told = {e.epoch: (e.train_loss, e.val_loss) for e in run.state().adaptations}
    expected = adapted_run(preset).state().adaptations
    assert told == {e.epoch: (e.train_loss, e.val_loss) for e in expected}


@pytest.mark.parametrize("preset", [pytest.param("tiny_text", marks=SLOW_TOO), "tiny"])
def test_strategy_that_solves_no_head_starts_from_the_adapted_backbone(
    make_run, tiny_library, preset
):
    run = make_run("full_fine_tuning", preset=preset, adapt="1", epochs="1", learning_rate="1e-12")

    def keep(event):
        if isinstance(event, AdaptationEpochEnded):
            adapted.update(load_latest(run.checkpoints).tensors)

    adapted = {}
    train(run, tiny_library, Channel(run.path, [keep]), requested_s=0.0)

    after = load_latest(run.checkpoints).tensors
    assert len(after.keys() & adapted.keys()) > 5
    for path in after.keys() & adapted.keys():
        np.testing.assert_allclose(after[path], adapted[path], atol=1e-6, err_msg=path)


@pytest.mark.parametrize(
    ("strategy", "preset", "pooling"),
    [
        pytest.param("lora", "tiny_text", "first_token", marks=SLOW_TOO),
        ("prompt_tuning", "tiny_text", "mean"),
        ("adapters", "tiny", "mean"),
        pytest.param("feature_extraction", "tiny_text", "layer_mixture", marks=SLOW_TOO),
    ],
)
def test_head_that_stays_the_best_answers_with_the_adapted_backbone_alone(
    make_run, tiny_library, strategy, preset, pooling
):
    run = make_run(strategy, preset=preset, adapt="1", pooling=pooling)

    def stop_after_the_head(event):
        if isinstance(event, EpochEnded):
            channel.request = "stop"

    channel = Channel(run.path, [stop_after_the_head])
    train(run, tiny_library, channel, requested_s=0.0)
    state = run.state()
    dataset, plan = run.read_dataset(), run.read_plan()
    samples = dataset.of_split("validation")
    [batch] = open_inputs(dataset, plan, tiny_library, Channel()).batches(samples, len(samples))

    network = open_network(plan, tiny_library, best_checkpoint(run).tensors)
    answers = network.probabilities(network.lower(batch))

    chances = answers[np.arange(len(samples)), [s.label for s in samples]]
    assert -np.log(chances).mean() == pytest.approx(state.best.val_loss, rel=1e-3)


@BOTH
def test_flat_folder_of_unlabeled_files_is_learned_from_too(
    make_run, source, tiny_library, tmp_path, preset
):
    flat = tmp_path / "flat"
    (flat / "deep").mkdir(parents=True)
    files = sorted(p for p in source(preset).rglob("*") if p.is_file())
    for number, file in enumerate(files[:6]):  # known to the run already
        shutil.copy(file, flat / f"known{number}{file.suffix}")
    for number in range(9):
        write_new(flat / "deep" / f"new{number}{files[0].suffix}", number)
    (flat / f"broken{files[0].suffix}").write_bytes(b"\x89PNG\r\n\x1a\n\x00\xff\xfe")
    run = make_run(
        source=source(preset), preset=preset, adapt="1", batch_size="4", adapt_folder=str(flat)
    )

    train(run, tiny_library, Channel(run.path), requested_s=0.0)

    num_own = len(run.read_dataset().of_split("train"))
    steps = [e for e in run.events() if isinstance(e, StepEnded)]
    assert run.status() == "finished"
    assert steps[0].num_steps == -(-num_own // 4) + 3, "nine new files are three steps more"
    assert "known" not in (run.path / UNLABELED).read_text()


def write_new(path: Path, number: int) -> None:
    if path.suffix == ".txt":
        path.write_text(f"the old horse {number} came to the river and was {number} years hungry")
        return
    from PIL import Image

    pixels = np.random.default_rng(number).integers(0, 255, (40, 40, 3), np.uint8)
    Image.fromarray(pixels).save(path)


@pytest.mark.parametrize(
    ("make", "code"), [(lambda path: None, "folder_missing"), (Path.mkdir, "path_not_usable")]
)
def test_unlabeled_folder_that_gives_nothing_is_told_before_training(
    make_run, tiny_library, tmp_path, make, code
):
    make(tmp_path / "flat")
    run = make_run(adapt="1", adapt_folder=str(tmp_path / "flat"))

    with pytest.raises(TlguiError, match=code):
        train(run, tiny_library, Channel(run.path), requested_s=0.0)


def test_adapting_learns_something(adapted_run):
    first, last = adapted_run("tiny_text").state().adaptations

    assert last.val_loss < first.val_loss
