"""Heads solved on texts: quickly, and without Keras."""

import shutil
from dataclasses import replace

import numpy as np
import pytest

from tests.engine.training.test_gradient_phase import KINDS
from tlgui.core.events import EpochEnded, PhaseStarted
from tlgui.engine.channel import Channel
from tlgui.engine.data.row_store import RowStore
from tlgui.engine.data.text_inputs import TextReader
from tlgui.engine.models import frozen
from tlgui.engine.models.classifiers import best_checkpoint, open_network
from tlgui.engine.models.linear_head import MIXTURE
from tlgui.engine.models.preset_tokenizer import load_tokenizer
from tlgui.engine.training import head_phase
from tlgui.engine.training.train import train

TEXTS = ("The cat and the dog eat.", "oil", "Zzzq xylophone!", "city " * 90, "price of the ship")


@pytest.fixture
def solved_run(trained_once, shared_texts):
    """Return a function that gives a run whose head was solved; shared, see ``trained_once``."""

    def solved(preset, pooling="mean"):
        own = {"pooling": pooling} if preset == "tiny_text" else {}
        return trained_once(shared_texts, preset, **own)

    return solved


@pytest.mark.parametrize(("preset", "pooling"), KINDS)
def test_frozen_path_and_keras_give_the_same_answers(solved_run, tiny_library, preset, pooling):
    from tlgui.engine.models.trained_model import batch_probabilities, build_trained_model

    run = solved_run(preset, pooling)
    folder = tiny_library.folder(preset)
    reader = TextReader(load_tokenizer(folder, run.read_plan().sequence_length))
    tensors = best_checkpoint(run).tensors

    fast = open_network(run.read_plan(), tiny_library, tensors)
    answers = fast.probabilities(fast.lower(reader.collate(TEXTS)))

    slow = batch_probabilities(build_trained_model(folder, tensors, run.read_plan()))
    assert (MIXTURE in tensors) == (pooling == "layer_mixture")
    np.testing.assert_allclose(answers, slow(reader.collate(TEXTS)), atol=1e-4)


@pytest.mark.parametrize("preset", ["tiny_text", "tiny_vectors", "tfidf_linear"])
def test_run_on_texts_is_judged_and_finished(solved_run, tiny_library, preset):
    run = solved_run(preset)

    events = list(run.events())
    evaluation = run.read_evaluation()

    [phase] = [e for e in events if isinstance(e, PhaseStarted)]
    [epoch] = [e for e in events if isinstance(e, EpochEnded)]
    assert run.status() == "finished"
    assert evaluation.modality == "text"
    assert evaluation.accuracy.value > evaluation.majority_baseline
    assert phase.trained_groups == (False,) * tiny_library.catalog[preset].num_groups + (True,)
    assert epoch.val_loss < np.log(3)


def test_same_seed_gives_the_same_head(make_run, solved_run, shared_texts, tiny_library):
    run = make_run(preset="tiny_text", source=shared_texts, pooling="mean")

    train(run, tiny_library, Channel(run.path), requested_s=0.0)

    first, second = (best_checkpoint(r).tensors for r in (solved_run("tiny_text"), run))
    assert first.keys() == second.keys()
    assert all(np.array_equal(first[path], second[path]) for path in first)


@pytest.fixture
def results_of(make_run, tiny_library, request):
    """Return a function that trains a head and gives its tensors and evaluation."""

    def trained(preset, store, name):
        source = request.getfixturevalue("shared_pictures" if preset == "tiny" else "shared_texts")
        run = make_run(source=source, preset=preset, name=name)
        train(run, replace(tiny_library, store=store), Channel(run.path), 0.0)
        return best_checkpoint(run).tensors, run.read_evaluation()

    return trained


@pytest.mark.parametrize("preset", ["tiny", "tiny_text", "tiny_vectors"])
def test_second_run_on_the_same_samples_computes_no_features_and_finds_the_same(
    results_of, tmp_path, monkeypatch, preset
):
    plain = results_of(preset, None, "plain")
    first = results_of(preset, RowStore(tmp_path / "cache"), "first")
    for module in (frozen, head_phase):
        monkeypatch.setattr(module, "open_frozen", lambda *_: None)
    second = results_of(preset, RowStore(tmp_path / "cache"), "second")

    for tensors, evaluation in (first, second):
        assert evaluation == plain[1]
        for name, tensor in plain[0].items():
            np.testing.assert_array_equal(tensors[name], tensor)


def test_features_of_other_weights_or_lengths_are_not_taken(tiny_library, tmp_path):
    folder = shutil.copytree(tiny_library.folder("tiny_text"), tmp_path / "preset")
    store = RowStore(tmp_path / "cache")

    def space(length):
        return frozen.open_kept(folder, "mean", f"sequence_length={length}", store).known

    assert space(16) is space(16)
    assert space(16) is not space(32)
    before = space(16)
    config = folder / "config.json"
    config.write_text(config.read_text() + "\n")  # names the digest of every other file
    assert space(16) is not before


def test_head_that_saw_variants_is_another_one_and_the_same_every_time(
    make_run, tiny_library, shared_pictures, tmp_path
):
    def tensors_of(name, store, **settings):
        run = make_run(source=shared_pictures, preset="tiny", name=name, **settings)
        train(run, replace(tiny_library, store=store), Channel(run.path), 0.0)
        return best_checkpoint(run).tensors

    plain = tensors_of("plain", None)
    varied = tensors_of("varied", None, augmentation="strong")
    kept = tensors_of("kept", RowStore(tmp_path / "cache"), augmentation="strong")
    again = tensors_of("again", RowStore(tmp_path / "cache"), augmentation="strong")

    assert any(not np.allclose(plain[name], varied[name]) for name in plain)
    for name, tensor in varied.items():
        np.testing.assert_array_equal(kept[name], tensor)
        np.testing.assert_array_equal(again[name], tensor)


@pytest.mark.parametrize("balance", ["none", "weights"])
def test_rare_kinds_keep_their_weight_where_pictures_vary(make_run, tiny_library, balance):
    run = make_run(preset="tiny", augmentation="scans", class_balance=balance)
    train(run, tiny_library, Channel(run.path), 0.0)
    assert run.status() == "finished"
