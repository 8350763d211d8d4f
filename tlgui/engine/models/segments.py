"""A network cut where everything on the way from its input to its head passes one tensor.

What a layer takes by keyword, such as a mask, is beside the way, and so are inputs other than
the pixels or the tokens.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import keras

HEAD_NAME: Final = "head"
MIXTURE_NAME: Final = "mixture"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Segment:
    """What lies between two neighboring cuts.

    Attributes:
        operations: On the way or needed for it; the last one's output is the cut.
        layers: Those of them that hold weights and are not in an earlier segment.
        input: The tensor at the cut before.
        output: The tensor at the cut after.
        is_merge: Whether several paths lead from cut to cut.
    """

    operations: tuple[keras.Operation, ...]
    layers: tuple[keras.layers.Layer, ...]
    input: keras.KerasTensor
    output: keras.KerasTensor
    is_merge: bool


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Spine:
    """A network from its input to its head.

    Attributes:
        segments: From the input to what the head takes, or to the features of a backbone.
        head: Layers of the head that hold weights.
    """

    segments: tuple[Segment, ...]
    head: tuple[keras.layers.Layer, ...]


def find_spine(model: keras.Model) -> Spine:
    """Return the segments of a flat functional model, with or without a head.

    What leads neither to the head nor to the features, such as an unused pooler, is left out.
    """
    graph = _Graph(model)
    head = graph.head()
    end = graph.end(head)
    return Spine(
        segments=tuple(_segments(graph, end)),
        head=tuple(dict.fromkeys(x for i in sorted(head) for x in graph.layers_of(i))),
    )


class _Graph:
    """The calls of a model in the order of the forward pass, known by their numbers."""

    def __init__(self, model: keras.Model) -> None:
        by_depth = model._nodes_by_depth
        self.nodes = [node for depth in sorted(by_depth, reverse=True) for node in by_depth[depth]]
        self._model = model
        self._producers = {id(t): i for i, n in enumerate(self.nodes) for t in n.output_tensors}
        self.sources = [self._calls(node.input_tensors) for node in self.nodes]
        self.main_sources = [self._calls(_main_tensors(node)) for node in self.nodes]

    def name(self, number: int) -> str:
        """Name of the operation that is called."""
        name: str = self.nodes[number].operation.name
        return name

    def layers_of(self, number: int) -> list[keras.layers.Layer]:
        """Return the called layer in a list if it holds weights."""
        operation = self.nodes[number].operation
        return [operation] if getattr(operation, "weights", ()) else []

    def output(self, number: int) -> keras.KerasTensor:
        """First output of a call."""
        return self.nodes[number].output_tensors[0]

    def head(self) -> set[int]:
        """Return the calls of the head's layers and of what follows them."""
        head: set[int] = set()
        for number, sources in enumerate(self.sources):
            if _is_of_head(self.name(number)) or sources & head:
                head.add(number)
        return head

    def end(self, head: set[int]) -> int:
        """Return the last call before the head, or the one that gives a backbone's features."""
        ends = {source for number in head for source in self.main_sources[number]} - head
        if not head:
            ends = self._calls(_features(self._model.output))
        return max(ends, key=lambda end: len(self.ancestors(end, self.sources)))

    def start(self) -> int:
        """Return the call that gives the pixels or the tokens."""
        inputs = {tensor.name: tensor for tensor in self._model.inputs}
        return self._producers[id(inputs.get("token_ids", self._model.inputs[0]))]

    def ancestors(self, number: int, sources: list[set[int]]) -> set[int]:
        """Return a call and all that it needs."""
        found, todo = {number}, [number]
        while todo:
            new = sources[todo.pop()] - found
            found |= new
            todo.extend(new)
        return found

    def main_path(self, end: int) -> list[int]:
        """Return the calls between start and end that take what comes from the start."""
        reached = {self.start()}
        needed = self.ancestors(end, self.main_sources)
        for number in sorted(needed):
            if self.main_sources[number] & reached:
                reached.add(number)
        return sorted(reached)

    def _calls(self, tensors: list[keras.KerasTensor]) -> set[int]:
        return {self._producers[id(tensor)] for tensor in tensors}


def _is_of_head(name: str) -> bool:
    return name in (HEAD_NAME, MIXTURE_NAME) or name.startswith(f"{MIXTURE_NAME}_")


def _features(output: Any) -> list[keras.KerasTensor]:
    """Return a backbone's features of every place among its outputs, as far as names tell."""
    if isinstance(output, dict) and "sequence_output" in output:
        return [output["sequence_output"]]
    tensors: list[keras.KerasTensor] = keras.tree.flatten(output)
    return tensors


def _main_tensors(node: Any) -> list[keras.KerasTensor]:
    is_layer = isinstance(node.operation, keras.layers.Layer)
    given = keras.tree.flatten(node.arguments.args if is_layer else ())
    by_position = [value for value in given if isinstance(value, keras.KerasTensor)]
    return by_position or list(node.input_tensors)


def _segments(graph: _Graph, end: int) -> Iterator[Segment]:
    path = graph.main_path(end)
    cuts = _cuts(graph, path)
    segment_of = _segment_of(graph, graph.ancestors(end, graph.sources), path, cuts)
    members: list[list[int]] = [[] for _ in cuts]
    for number in sorted(segment_of):
        members[segment_of[number]].append(number)
    known: dict[int, None] = {}
    for index, cut in enumerate(cuts):
        layers = [x for i in members[index] for x in graph.layers_of(i) if id(x) not in known]
        known |= dict.fromkeys(map(id, layers))
        before = cuts[max(index - 1, 0)]
        yield Segment(
            operations=tuple(graph.nodes[i].operation for i in members[index]),
            layers=tuple(dict.fromkeys(layers)),
            input=graph.output(before),
            output=graph.output(cut),
            is_merge=sum(before < i <= cut for i in path) > 1,
        )


def _cuts(graph: _Graph, path: list[int]) -> list[int]:
    """Return the calls whose output alone is still needed once they are done."""
    on_path = set(path)
    uses = dict.fromkeys(path, 0)
    for number in path:
        for source in graph.main_sources[number] & on_path:
            uses[source] += 1
    cuts: list[int] = []
    waiting: set[int] = set()
    for number in path:
        for source in graph.main_sources[number] & on_path:
            uses[source] -= 1
        waiting = {source for source in waiting if uses[source]} | {number}
        if waiting == {number}:
            cuts.append(number)
    return cuts


def _segment_of(
    graph: _Graph, needed: set[int], path: list[int], cuts: list[int]
) -> dict[int, int]:
    """Return the index of the segment of every call.

    What lies beside the way belongs where its input comes from, or, having none on the way,
    where it is needed first.
    """
    found: dict[int, int] = {}
    for number in path:
        found[number] = sum(cut < number for cut in cuts)
    beside = sorted(needed - found.keys())
    for number in beside:
        if known := graph.sources[number] & found.keys():
            found[number] = max(found[source] for source in known)
    for number in reversed(beside):
        if number not in found:
            users = (user for user in found if number in graph.sources[user])
            found[number] = min(found[user] for user in users)
    return found
