"""What stays frozen is computed once, and nobody could tell from the result."""

import shutil
from dataclasses import replace

import keras
import numpy as np
import pytest

from tlgui.core.events import EpochEnded
from tlgui.core.planning import make_plan
from tlgui.engine.channel import Channel
from tlgui.engine.data.row_store import RowStore
from tlgui.engine.models.checkpoints import load_latest
from tlgui.engine.models.split_network import split_network
from tlgui.engine.models.trained_model import build_network
from tlgui.engine.training import frozen_states
from tlgui.engine.training.train import train

PRESETS = ("tiny", pytest.param("tiny_vit", marks=pytest.mark.slow), "tiny_text")
SHORT = {"strategy": "top_blocks", "epochs": "2", "batch_size": "8"}


@pytest.fixture
def trained(make_run, tiny_library, request):
    """Return a function that trains the upper groups and gives the run."""

    def run_of(preset, store, name, **settings):
        source = request.getfixturevalue(
            "shared_texts" if tiny_library.catalog[preset].task == "text" else "shared_pictures"
        )
        run = make_run(source=source, preset=preset, name=name, **{**SHORT, **settings})
        train(run, replace(tiny_library, store=store), Channel(run.path), 0.0)
        return run

    return run_of


@pytest.fixture(scope="module")
def known():
    """The first run of every preset that kept its states, and where; shared."""
    return {}


@pytest.fixture
def first(known, trained, computed, tmp_path):
    """Return a function that gives a run and a copy of the states that it kept."""

    def run_of(preset):
        if preset not in known:
            computed.clear()
            run = trained(preset, RowStore(tmp_path / "kept"), "first")
            assert sum(computed) == num_seen(run), "each state is computed once"
            known[preset] = run, tmp_path / "kept"
        run, kept = known[preset]
        computed.clear()
        return run, RowStore(shutil.copytree(kept, tmp_path / "cache"))

    return run_of


@pytest.fixture
def computed(monkeypatch):
    """Return a list that gets the size of every batch that a frozen part computes."""
    sizes = []
    original = frozen_states.logits_step

    def counting(model):
        step = original(model)

        def counted(batch):
            rows = step(batch)
            sizes.append(len(rows))
            return rows

        return counted

    monkeypatch.setattr(frozen_states, "logits_step", counting)
    return sizes


def tensors_of(run):
    return load_latest(run.checkpoints).tensors


def num_seen(run):
    dataset = run.read_dataset()
    return len(dataset.of_split("train")) + len(dataset.of_split("validation"))


@pytest.mark.parametrize("preset", PRESETS)
def test_states_are_computed_once_for_all_epochs_and_runs_and_results_stay(
    trained, first, computed, preset
):
    plain = trained(preset, None, "plain")
    epochs = sum(bool(e.learning_rates) for e in plain.events() if isinstance(e, EpochEnded))
    assert sum(computed) == epochs * num_seen(plain)

    run, store = first(preset)
    again = trained(preset, store, "again")
    assert computed == []

    for other in (run, again):
        assert other.read_evaluation() == plain.read_evaluation()
        for name, tensor in tensors_of(plain).items():
            np.testing.assert_allclose(tensors_of(other)[name], tensor, atol=1e-4)
    for name, tensor in tensors_of(run).items():
        np.testing.assert_array_equal(tensors_of(again)[name], tensor)


def test_damaged_states_are_computed_anew(trained, first, tmp_path, computed):
    run, store = first("tiny")
    for file in (tmp_path / "cache").rglob("*.rows"):
        content = bytearray(file.read_bytes())
        content[len(content) // 2] ^= 255
        file.write_bytes(content)

    again = trained("tiny", store, "again")

    assert sum(computed) >= num_seen(again)
    for name, tensor in tensors_of(run).items():
        np.testing.assert_allclose(tensors_of(again)[name], tensor, atol=1e-4)


def test_states_of_a_network_with_one_other_weight_are_not_taken(tiny_library):
    plan = make_plan(tiny_library.catalog["tiny"], strategy="top_blocks")
    model = build_network(tiny_library.folder("tiny"), plan, 2)
    lower = split_network(model, plan.phases[-1].trains).lower
    before = frozen_states._digest(lower)

    values = keras.ops.convert_to_numpy(lower.weights[0]).copy()
    values.flat[3] = np.nextafter(values.flat[3], np.float32(np.inf))
    lower.weights[0].assign(values)

    assert frozen_states._digest(lower) != before


def num_bytes(cache):
    return sum(file.stat().st_size for file in cache.rglob("*.rows"))


@pytest.mark.parametrize("preset", ["tiny", "tiny_text"])
def test_where_the_disk_has_little_room_states_are_kept_with_half_the_digits(
    trained, first, tmp_path, computed, preset, monkeypatch
):
    whole, _ = first(preset)
    fits = iter([False, True])  # four bytes per number, two bytes
    monkeypatch.setattr(RowStore, "could_hold", lambda *_: next(fits))

    half = trained(preset, RowStore(tmp_path / "half"), "half")

    assert sum(computed) == num_seen(half)
    assert num_bytes(tmp_path / "half") < 0.9 * num_bytes(tmp_path / "cache")
    for name, tensor in tensors_of(whole).items():
        np.testing.assert_allclose(tensors_of(half)[name], tensor, atol=0.05)


def test_states_that_do_not_fit_the_disk_are_computed_in_every_epoch(trained, tmp_path, computed):
    run = trained("tiny", RowStore(tmp_path / "cache", max_bytes=1000), "run")

    assert sum(computed) > num_seen(run)
    assert run.status() == "finished"


def test_pictures_that_vary_go_through_the_whole_network(trained, tmp_path, computed):
    run = trained("tiny", RowStore(tmp_path / "cache"), "run", augmentation="gentle")

    assert computed == []
    assert run.status() == "finished"
