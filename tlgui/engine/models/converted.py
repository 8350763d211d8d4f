"""Presets that come without a graph: converted once, and used where a trial shows that it pays."""

import json
import logging
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path
from typing import Final

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from tlgui.core import durable
from tlgui.core.catalog import Pooling
from tlgui.core.errors import TlguiError
from tlgui.core.records import from_record
from tlgui.engine.data.inputs import Batch, BatchFunction
from tlgui.engine.data.parallel import usable_cores
from tlgui.engine.data.processor import processor_name
from tlgui.engine.models.keras_device import is_on_gpu
from tlgui.engine.models.onnx_session import REFUSALS, open_session
from tlgui.engine.models.preset_files import config_sha256
from tlgui.engine.versions import package_versions

log = logging.getLogger(__name__)

FOLDER: Final = "graphs"
GRAPH: Final = "features.onnx"
VERDICT: Final = "verdict.json"
VERSION: Final = 1  # of how a graph is made and tried
MAX_DIFFERENCE: Final = 1e-4  # of features, as a share of the largest one if that is above 1
TRIAL_S: Final = 0.25  # for each of the two
_TRIAL_PICTURES: Final = 8
# what Keras and its converter were seen to raise, or may where a package is missing
_CONVERSION_FAILURES: Final = (
    ArithmeticError,
    AttributeError,
    ImportError,
    LookupError,
    NotImplementedError,
    OSError,
    RuntimeError,
    TypeError,
    ValueError,
    *REFUSALS,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What a trial has found on one computer.

    Attributes:
        computer: On which it was.
        graph_sha256: Of the graph that was tried; "" where there is none that is right.
        graph_per_s: Pictures per second in ONNX Runtime.
        keras_per_s: The same in Keras.
    """

    computer: str
    graph_sha256: str = ""
    graph_per_s: float = 0.0
    keras_per_s: float = 0.0

    @property
    def is_for_graph(self) -> bool:
        """Whether the graph is right and the faster one."""
        return bool(self.graph_sha256) and self.graph_per_s > self.keras_per_s


class ConvertedGraph:
    """A function from pictures to features that needs no Keras any more."""

    def __init__(self, path: Path) -> None:
        # a picture per core, see ``FrozenBackbone``
        self._session = open_session(path, num_threads=1)
        [self._input] = self._session.get_inputs()
        self._pool = ThreadPoolExecutor(usable_cores(), thread_name_prefix="features")

    def __call__(self, batch: Batch) -> NDArray[np.float32]:
        """Return a row for each picture; shape (n, size, size, 3) to (n, feature_size)."""
        pixels = np.asarray(batch, np.float32)
        expected = self._input.shape[1:]
        if list(pixels.shape[1:]) != expected:
            expected = ", ".join(map(str, expected))
            raise ValueError(f"need pictures of shape (n, {expected}), got {pixels.shape}")
        # one more for the shape of no rows at all
        rows = [*self._pool.map(self._one, pixels)] or [self._one(np.zeros(expected, np.float32))]
        return np.concatenate(rows)[: len(pixels)]

    def _one(self, pixels: NDArray[np.float32]) -> NDArray[np.float32]:
        features: NDArray[np.float32] = self._session.run(None, {self._input.name: pixels[None]})[0]
        return features


def open_fastest(
    folder: Path, pooling: Pooling, cache: Path, open_in_keras: Callable[[], BatchFunction]
) -> BatchFunction:
    """Return the faster of two ways from pictures to features, which agree.

    The graph is made and tried once for a preset, a way to pool and a computer; after that the
    winner is opened, and where that is the graph, without Keras. On a GPU it is Keras.

    Args:
        folder: Of a preset of pictures.
        pooling: See ``open_frozen``.
        cache: Keeps the graph and how the trial went.
        open_in_keras: Returns the compiled network.
    """
    place = cache / FOLDER / _key(folder, pooling)
    verdict = _read_verdict(place)
    if verdict and verdict.is_for_graph and _is_whole(place, verdict):
        return ConvertedGraph(place / GRAPH)
    network = open_in_keras()
    if is_on_gpu():  # where what is compiled is fastest
        return network
    if verdict and not verdict.is_for_graph:
        return network
    return _tried(folder, pooling, place, network)


def _tried(folder: Path, pooling: Pooling, place: Path, network: BatchFunction) -> BatchFunction:
    try:
        with durable.published_folder(place) as partial:
            verdict = _verdict(folder, pooling, partial / GRAPH, network)
            if not verdict.is_for_graph:
                (partial / GRAPH).unlink(missing_ok=True)
            text = json.dumps(asdict(verdict), indent=1)
            (partial / VERDICT).write_text(text, encoding="utf-8")
        return ConvertedGraph(place / GRAPH) if verdict.is_for_graph else network
    except (TlguiError, OSError):  # nothing depends on it
        log.warning("no graph of %s can be kept in %s", folder.name, place, exc_info=True)
        return network


def _verdict(folder: Path, pooling: Pooling, graph: Path, network: BatchFunction) -> Verdict:
    """Make the graph and let both compute the same for a moment."""
    computer = _computer()
    try:
        size_px = _convert(folder, pooling, graph)
        converted = ConvertedGraph(graph)
        shape = (_TRIAL_PICTURES, size_px, size_px, 3)
        pixels = np.random.default_rng(0).integers(0, 256, shape).astype(np.float32)
        difference = _difference(network(pixels), converted(pixels))
    except (*_CONVERSION_FAILURES, TlguiError):
        log.warning("Keras computes %s: it cannot be converted", folder.name, exc_info=True)
        return Verdict(computer=computer)
    if not difference <= MAX_DIFFERENCE:
        log.warning("Keras computes %s: the graph is off by %.1e", folder.name, difference)
        return Verdict(computer=computer)
    verdict = Verdict(
        computer=computer,
        graph_sha256=sha256(graph.read_bytes()).hexdigest(),
        graph_per_s=_pace(converted, pixels),
        keras_per_s=_pace(network, pixels),
    )
    winner = "ONNX Runtime" if verdict.is_for_graph else "Keras"
    log.info(
        "%s computes %s: %.0f pictures per second in a graph, %.0f in Keras",
        *(winner, folder.name, verdict.graph_per_s, verdict.keras_per_s),
    )
    return verdict


def _convert(folder: Path, pooling: Pooling, graph: Path) -> int:
    """Write the graph; return the side of the pictures that it takes."""
    # here, because the import takes seconds that a graph at hand need not wait
    from tlgui.engine.models.heads import build_pooled
    from tlgui.engine.models.onnx_conversion import write_onnx_graph
    from tlgui.engine.models.presets import load_backbone

    model = build_pooled(load_backbone(folder), pooling)
    write_onnx_graph(model, graph)
    return int(model.input.shape[1])


def _difference(ours: NDArray[np.float32], theirs: NDArray[np.float32]) -> float:
    if ours.shape != theirs.shape:
        return np.inf
    return float(np.abs(ours - theirs).max() / max(1.0, np.abs(ours).max()))


def _pace(function: BatchFunction, pixels: NDArray[np.float32]) -> float:
    function(pixels)  # the first time something is prepared
    start_s = time.perf_counter()
    count = 0
    while time.perf_counter() - start_s < TRIAL_S:
        function(pixels)
        count += len(pixels)
    return count / (time.perf_counter() - start_s)


def _read_verdict(place: Path) -> Verdict | None:
    """Return how the trial went on this computer, or None where there was none."""
    try:
        verdict = from_record(Verdict, json.loads((place / VERDICT).read_text(encoding="utf-8")))
    except (OSError, ValueError):
        return None
    return verdict if verdict.computer == _computer() else None


def _is_whole(place: Path, verdict: Verdict) -> bool:
    try:
        found = sha256((place / GRAPH).read_bytes()).hexdigest()
    except OSError:
        return False
    if found != verdict.graph_sha256:
        log.warning("%s is damaged and made anew", place / GRAPH)
    return found == verdict.graph_sha256


def _computer() -> str:
    return f"{processor_name()}, {usable_cores()} cores, ONNX Runtime {onnxruntime.__version__}"


def _key(folder: Path, pooling: Pooling) -> str:
    made_with = package_versions("keras", "tensorflow", "onnx")
    facts = [config_sha256(folder), pooling, VERSION, made_with]
    return sha256(json.dumps(facts).encode()).hexdigest()[:32]
