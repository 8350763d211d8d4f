"""A preset without a graph gets one, which is used where it is right and faster."""

import logging

import numpy as np
import pytest

from tlgui.engine.data.row_store import RowStore
from tlgui.engine.models import converted, frozen
from tlgui.engine.models.converted import FOLDER, GRAPH, ConvertedGraph
from tlgui.engine.models.frozen import open_frozen

PIXELS = np.random.default_rng(2).integers(0, 256, (5, 32, 32, 3)).astype(np.float32)


@pytest.fixture(scope="module")
def folder(tiny_library):
    return tiny_library.folder("tiny_vit")


@pytest.fixture(scope="module")
def in_keras(folder):
    """Return the compiled network, which takes seconds to build."""
    return open_frozen(folder, "mean")


@pytest.fixture(scope="module")
def expected(in_keras):
    return in_keras(PIXELS)


@pytest.fixture(autouse=True)
def one_network(in_keras, monkeypatch):
    """Build the network only once for all tests."""
    monkeypatch.setattr(frozen, "_open_in_keras", lambda *_: in_keras)


@pytest.fixture(scope="module")
def graph(folder, tmp_path_factory):
    """Return the file of a graph of the preset."""
    file = tmp_path_factory.mktemp("graph") / GRAPH
    converted._convert(folder, "mean", file)
    return file


@pytest.fixture
def store(tmp_path):
    return RowStore(tmp_path / "cache")


@pytest.fixture
def conversions(graph, monkeypatch):
    """Let the graph of ``graph`` be what a conversion gives; return for which presets it was."""
    done = []

    def convert(folder, pooling, file):
        done.append(folder.name)
        file.write_bytes(graph.read_bytes())
        return 32

    monkeypatch.setattr(converted, "_convert", convert)
    monkeypatch.setattr(converted, "TRIAL_S", 0.0)
    return done


@pytest.fixture
def paces(monkeypatch):
    """Return how fast a graph and Keras are from now on."""
    per_s = {True: 200.0, False: 100.0}
    monkeypatch.setattr(
        converted, "_pace", lambda function, _: per_s[isinstance(function, ConvertedGraph)]
    )
    return per_s


def test_graph_gives_the_features_of_keras(folder, graph, expected):
    features = ConvertedGraph(graph)

    np.testing.assert_allclose(features(PIXELS), expected, rtol=0, atol=1e-4)
    assert features(PIXELS).dtype == np.float32
    assert features(PIXELS[:0]).shape == (0, expected.shape[1])
    with pytest.raises(ValueError, match="32, 32, 3"):
        features(PIXELS[:, 1:])


def test_faster_graph_is_made_once_and_needs_no_keras_after_that(
    folder, store, conversions, paces, expected, monkeypatch
):
    first = open_frozen(folder, "mean", store)
    monkeypatch.setattr(frozen, "_open_in_keras", lambda *_: pytest.fail("Keras is loaded"))

    again = open_frozen(folder, "mean", store)

    assert conversions == ["tiny_vit"]
    assert isinstance(first, ConvertedGraph)
    assert isinstance(again, ConvertedGraph)
    np.testing.assert_allclose(again(PIXELS), expected, rtol=0, atol=1e-4)


def test_keras_stays_where_it_is_faster(folder, store, conversions, paces):
    paces[False] = 300.0

    for _ in range(2):
        assert not isinstance(open_frozen(folder, "mean", store), ConvertedGraph)

    assert conversions == ["tiny_vit"], "what was tried is not tried again"
    assert not [*store.folder.glob(f"{FOLDER}/*/{GRAPH}")], "nobody needs it"


def test_trial_of_another_computer_says_nothing_about_this_one(
    folder, store, conversions, paces, monkeypatch
):
    open_frozen(folder, "mean", store)
    monkeypatch.setattr(converted, "processor_name", lambda: "another one")

    open_frozen(folder, "mean", store)

    assert len(conversions) == 2


@pytest.mark.parametrize("damage", [lambda data: data[:-100], lambda _: b"", lambda d: d[::-1]])
def test_damaged_graph_is_never_believed_but_made_anew(
    folder, store, conversions, paces, expected, damage
):
    open_frozen(folder, "mean", store)
    [file] = store.folder.glob(f"{FOLDER}/*/{GRAPH}")
    file.write_bytes(damage(file.read_bytes()))

    features = open_frozen(folder, "mean", store)

    assert len(conversions) == 2
    np.testing.assert_allclose(features(PIXELS), expected, rtol=0, atol=1e-4)


def test_damaged_verdict_is_no_verdict(folder, store, conversions, paces):
    open_frozen(folder, "mean", store)
    [file] = store.folder.glob(f"{FOLDER}/*/{converted.VERDICT}")
    file.write_text('{"computer": 3}')

    assert isinstance(open_frozen(folder, "mean", store), ConvertedGraph)
    assert len(conversions) == 2


def test_graph_that_is_off_is_left_with_a_line_in_the_log(
    folder, store, conversions, expected, monkeypatch, caplog
):
    one = ConvertedGraph._one
    monkeypatch.setattr(ConvertedGraph, "_one", lambda self, pixels: one(self, pixels) + 0.01)

    with caplog.at_level(logging.WARNING):
        features = open_frozen(folder, "mean", store)

    assert np.array_equal(features(PIXELS), expected)
    assert "the graph is off" in caplog.text


@pytest.mark.parametrize("error", [ImportError, ValueError, RuntimeError, OSError])
def test_preset_that_cannot_be_converted_is_left_to_keras_with_a_line_in_the_log(
    folder, store, expected, monkeypatch, caplog, error
):
    def fail(*_):
        raise error("no such operator")

    monkeypatch.setattr(converted, "_convert", fail)

    with caplog.at_level(logging.WARNING):
        features = open_frozen(folder, "mean", store)

    assert np.array_equal(features(PIXELS), expected)
    assert "cannot be converted" in caplog.text


def test_where_nothing_can_be_kept_keras_computes(folder, conversions, paces, tmp_path, caplog):
    (tmp_path / "cache").write_text("a file where the folder should be")

    with caplog.at_level(logging.WARNING):
        features = open_frozen(folder, "mean", RowStore(tmp_path / "cache"))

    assert not isinstance(features, ConvertedGraph)
    assert "can be kept" in caplog.text


def test_on_a_gpu_the_compiled_network_stays(folder, store, conversions, monkeypatch):
    monkeypatch.setattr(converted, "is_on_gpu", lambda: True)

    assert not isinstance(open_frozen(folder, "mean", store), ConvertedGraph)
    assert conversions == []
