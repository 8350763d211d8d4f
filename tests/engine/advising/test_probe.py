"""A look at a few samples: fair, quick, and only at those that a model may learn from."""

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tlgui.core.dataset import Problem, Sample
from tlgui.core.errors import TlguiError
from tlgui.core.plan import SplitPlan
from tlgui.core.planning import make_plan
from tlgui.engine.advising import probe as probe_module
from tlgui.engine.advising.probe import (
    MAX_CLASSES,
    MAX_SAMPLES,
    few_of_each_class,
    nearest_means_accuracy,
    probe,
)
from tlgui.engine.channel import Channel, JobStopped
from tlgui.engine.data.features import apply_to_samples
from tlgui.engine.data.row_store import RowStore
from tlgui.engine.data.scan import scan_folder
from tlgui.engine.data.split import assign_splits
from tlgui.engine.models.classifiers import inputs_key, open_inputs
from tlgui.engine.models.frozen import open_kept

ROOT = Path(__file__).parents[3]


@pytest.fixture
def pictures_dataset(pictures):
    return scan_folder(pictures, Channel())


def samples(*counts):
    return tuple(
        Sample(path=f"{label}/{n}", label=label, digest="")
        for label, count in enumerate(counts)
        for n in range(count)
    )


def counted(chosen):
    return np.bincount([sample.label for sample in chosen]).tolist()


def test_rare_kinds_are_looked_at_as_often_as_frequent_ones():
    assert counted(few_of_each_class(samples(1000, 500, 80))) == [66, 66, 66]
    assert counted(few_of_each_class(samples(1000, 5))) == [100, 5]


def test_a_look_is_short_however_many_kinds_there_are():
    chosen = few_of_each_class(samples(*[9] * 300))
    assert len(chosen) <= MAX_SAMPLES
    assert len({sample.label for sample in chosen}) == MAX_CLASSES


def test_the_same_look_gives_the_same_samples():
    many = samples(300, 300)
    assert few_of_each_class(many) == few_of_each_class(many)


def test_kinds_that_lie_apart_are_told_apart_and_those_that_do_not_are_guessed():
    chance = np.random.default_rng(0)
    labels = np.arange(300) % 3
    noise = chance.normal(size=(300, 20))
    apart = noise * 0.1 + np.eye(20)[labels]
    assert nearest_means_accuracy(apart, labels) == 1.0
    assert nearest_means_accuracy(noise, labels) == pytest.approx(1 / 3, abs=0.1)


def test_a_sample_does_not_vouch_for_itself():
    features = np.array([[1.0, 0.0], [0.0, 1.0], [0.9, 0.1], [0.1, 0.9]])
    assert nearest_means_accuracy(features, np.array([0, 0, 1, 1])) == 0.0


def test_every_kind_counts_the_same_however_rare():
    features = np.array([[1.0, 0.0]] * 8 + [[0.0, 1.0], [1.0, -0.1]])
    assert nearest_means_accuracy(features, np.array([0] * 8 + [1] * 2)) == pytest.approx(0.5)


def test_one_sample_of_each_kind_says_nothing():
    assert nearest_means_accuracy(np.eye(3), np.arange(3)) is None


def test_features_that_are_all_zero_do_no_harm():
    assert nearest_means_accuracy(np.zeros((4, 3)), np.array([0, 0, 1, 1])) is not None


def test_pictures_are_counted_as_they_will_be_dealt(pictures_dataset, tiny_library):
    found = probe(pictures_dataset, tiny_library, [tiny_library.catalog["tiny"]], Channel())
    assert (found.modality, found.num_classes, found.chance) == ("image", 3, pytest.approx(1 / 3))
    assert found.num_train + found.num_validation + found.num_test == 36
    assert 0 < found.smallest_class <= found.num_train / 3
    [tiny] = found.presets
    assert tiny.samples_per_s > 0
    assert 0 <= tiny.accuracy <= 1


def test_texts_are_looked_at_with_every_model_for_texts(texts, tiny_library):
    dataset = scan_folder(texts, Channel())
    infos = [info for info in tiny_library.catalog.values() if info.task == "text"]
    found = probe(dataset, tiny_library, infos, Channel())
    assert [preset.preset for preset in found.presets] == [info.id for info in infos]
    assert found.num_tokens == dataset.texts.num_tokens
    by_id = {preset.preset: preset for preset in found.presets}
    assert by_id["tiny_vectors"].accuracy > 0.5, "kinds with words of their own"
    assert by_id["tfidf_linear"].accuracy is None
    assert all(preset.samples_per_s > 0 for preset in found.presets)


@pytest.fixture
def looked_at(monkeypatch):
    """Return the list of the samples that get looked at."""
    noted = []
    whole = probe_module.apply_to_samples

    def noting(function, inputs, samples, channel, activity):
        noted.extend(samples)
        return whole(function, inputs, samples, channel, activity)

    monkeypatch.setattr(probe_module, "apply_to_samples", noting)
    return noted


@pytest.mark.parametrize("seed", [0, 5])
def test_what_judges_a_model_does_not_choose_it(pictures_dataset, tiny_library, looked_at, seed):
    split = SplitPlan(train_fraction=0.5, validation_fraction=0.25, test_fraction=0.25)
    tiny = tiny_library.catalog["tiny"]
    found = probe(pictures_dataset, tiny_library, [tiny], Channel(), split, seed=seed)
    dealt = assign_splits(pictures_dataset, split, seed)
    assert {s.path for s in looked_at} <= {s.path for s in dealt.of_split("train")}
    assert found.num_train == 18


def test_a_model_without_a_graph_is_looked_at_too(pictures_dataset, tiny_library):
    [vit] = probe(
        pictures_dataset, tiny_library, [tiny_library.catalog["tiny_vit"]], Channel()
    ).presets
    assert vit.samples_per_s > 0
    assert vit.accuracy is not None


def test_what_a_look_has_computed_is_not_computed_again(pictures_dataset, tiny_library, tmp_path):
    library = replace(tiny_library, store=RowStore(tmp_path / "cache"))
    preset = library.catalog["tiny"]

    probe(pictures_dataset, library, (preset,), Channel())

    plan, store = make_plan(preset), RowStore(tmp_path / "cache")
    kept = open_kept(library.folder("tiny"), plan.pooling, inputs_key(plan), store)
    train = assign_splits(pictures_dataset, plan.split, plan.seed).of_split("train")
    assert kept.num_unknown(train) == 0
    inputs = open_inputs(pictures_dataset, plan, library, Channel())
    rows = apply_to_samples(kept, inputs, train, Channel(), "features")
    np.testing.assert_array_equal(
        rows, apply_to_samples(kept.function, inputs, train, Channel(), "features")
    )


def test_data_that_cannot_be_trained_on_are_refused(pictures_dataset, tiny_library):
    empty = replace(pictures_dataset, problems=(Problem(code="class_empty", name="clouds"),))
    with pytest.raises(TlguiError, match="class_empty"):
        probe(empty, tiny_library, [tiny_library.catalog["tiny"]], Channel())


def test_a_wish_to_stop_is_heard(pictures_dataset, tiny_library):
    channel = Channel()
    channel.request = "stop"
    with pytest.raises(JobStopped):
        probe(pictures_dataset, tiny_library, [tiny_library.catalog["tiny"]], channel)


def test_a_look_does_not_wait_for_keras(pictures):
    code = f"""
import os, sys
from pathlib import Path
from tlgui.core.settings import application_home
from tlgui.engine.channel import Channel
from tlgui.engine.data.scan import scan_folder
from tlgui.engine.models.library import open_library
from tlgui.engine.advising.advisor import Wish, find_advice

library = open_library(application_home(os.environ))
find_advice(scan_folder(Path({str(pictures)!r}), Channel()), library, Wish(), Channel())
print(*sys.modules)
"""
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=os.environ, capture_output=True, check=True
    )
    assert not {b"keras", b"tensorflow"} & set(done.stdout.split())
