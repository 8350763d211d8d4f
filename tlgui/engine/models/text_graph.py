"""Writes a frozen BERT encoder as an ONNX graph that borrows its weights from safetensors.

Nothing here comes from Keras: the graph is a second reading of the same architecture, so
that the two can check each other. Standard operations only: measured on two cores, ONNX Runtime
runs them as fast as its own fused attention, which ties the file to it.

Source:
    Devlin et al. 2019, "BERT", arXiv:1810.04805; Vaswani et al. 2017, "Attention Is All You
    Need", arXiv:1706.03762, for a layer; Hendrycks and Gimpel 2016, arXiv:1606.08415, for
    GELU, of which KerasHub takes the form with tanh.
"""

import math
from pathlib import Path
from typing import Final

import onnx
from onnx import TensorProto, helper

from tlgui.engine.models.graph_writer import GraphWriter, float_value
from tlgui.engine.models.preset_weights import SCALE_SUFFIX
from tlgui.engine.models.text_config import BertConfig

OPSET: Final = 20
IR_VERSION: Final = 9
EPSILON: Final = 1e-12  # of KerasHub's layer normalizations
NEVER: Final = -1e9  # as an attention score: exp of it is 0 in float32
TABLE: Final = "token_embedding/embeddings"


def bert_graph(config: BertConfig, weights_path: Path) -> onnx.ModelProto:
    """Return the graph of an encoder.

    Inputs ``token_ids`` int32 and ``padding_mask`` bool, both (n, length). Outputs ``mean``
    (n, hidden_dim), the mean of the last layer over the tokens; ``first_token`` (n,
    hidden_dim), its first place; ``layer_means`` (n, num_layers + 1, hidden_dim), the means of
    the embeddings and of every layer. Weights lie in ``weights_path``, beside the graph.
    """
    return _BertGraph(config, weights_path).finished()


class _BertGraph(GraphWriter):
    def __init__(self, config: BertConfig, weights_path: Path) -> None:
        super().__init__(weights_path)
        self._config = config
        heads = config.num_heads
        self.integers("place_0", (0,))
        self.integers("place_1", (1,))
        self.integers("square", (config.hidden_dim, config.hidden_dim))
        self.integers("flat", (config.hidden_dim,))
        self.integers("split_heads", (0, 0, heads, config.hidden_dim // heads))
        self.integers("join_heads", (0, 0, config.hidden_dim))
        self.floats("attention_scale", (1 / math.sqrt(config.hidden_dim / heads),))

    def finished(self) -> onnx.ModelProto:
        """Return the finished model."""
        self._read_mask()
        layers = [self._embeddings()]
        for number in range(self._config.num_layers):
            layers.append(self._layer(layers[-1], f"transformer_layer_{number}"))
        self._pool(layers)
        wide = self._config.hidden_dim
        return self.model(
            self._config.family,
            [
                helper.make_tensor_value_info("token_ids", TensorProto.INT32, ["n", "length"]),
                helper.make_tensor_value_info("padding_mask", TensorProto.BOOL, ["n", "length"]),
            ],
            [
                float_value("mean", ["n", wide]),
                float_value("first_token", ["n", wide]),
                float_value("layer_means", ["n", len(layers), wide]),
            ],
            opset=OPSET,
            ir_version=IR_VERSION,
        )

    def _read_mask(self) -> None:
        """Name the mask as a row per text, the number of tokens, and what padding scores."""
        mask = self.add("Cast", ["padding_mask"], "mask", to=TensorProto.FLOAT)
        self.add("ReduceSum", [mask, "place_1"], "num_tokens", keepdims=1)
        row = self.add("Unsqueeze", [mask, "place_1"], "mask_row")
        rows = self.add("Unsqueeze", [row, "place_1"], "mask_of_heads")
        absent = self.add("Sub", [self.floats("one", (1.0,)), rows], "padding")
        self.add("Mul", [absent, self.floats("never", (NEVER,))], "padding_scores")

    def _embeddings(self) -> str:
        length = self.add("Shape", ["token_ids"], "length", start=1, end=2)
        inputs = [self.float32("position_embedding/embeddings"), "place_0", length, "place_0"]
        positions = self.add("Slice", inputs, "positions")
        segments = self.float32("segment_embedding/embeddings")
        # a whole input is of the first segment
        segment = self.add("Gather", [segments, "place_0"], "segment", axis=0)
        x = self.add("Add", [self._tokens(), positions], "tokens_in_place")
        x = self.add("Add", [x, segment], "embedded")
        return self._norm(x, "embeddings_layer_norm")

    def _tokens(self) -> str:
        """Return the rows of the table; 8-bit rows become floats after they are picked."""
        rows = self.add("Gather", [TABLE, "token_ids"], "token_rows", axis=0)
        rows = self.add("Cast", [rows], "tokens", to=TensorProto.FLOAT)
        scales = f"{TABLE}{SCALE_SUFFIX}"
        if scales not in self.weights:
            return rows
        (_, num_groups) = self.weights[scales].dims
        group = self._config.hidden_dim // num_groups
        grouped = self.integers("groups", (0, 0, num_groups, group))
        steps = self.add("Gather", [scales, "token_ids"], "token_scales", axis=0)
        steps = self.add("Cast", [steps], "token_steps", to=TensorProto.FLOAT)
        steps = self.add("Unsqueeze", [steps, self.integers("last", (-1,))], "steps_of_groups")
        rows = self.add("Reshape", [rows, grouped], "token_groups")
        rows = self.add("Mul", [rows, steps], "scaled_tokens")
        return self.add("Reshape", [rows, "join_heads"], "token_vectors")

    def _layer(self, x: str, name: str) -> str:
        attended = self._attention(x, f"{name}/self_attention_layer")
        x = self.add("Add", [attended, x], f"{name}/attended")
        x = self._norm(x, f"{name}/self_attention_layer_norm")
        inner = self._dense(x, f"{name}/feedforward_intermediate_dense")
        inner = self.add("Gelu", [inner], f"{name}/gelu", approximate="tanh")
        inner = self._dense(inner, f"{name}/feedforward_output_dense")
        x = self.add("Add", [inner, x], f"{name}/fed_forward")
        return self._norm(x, f"{name}/feedforward_layer_norm")

    def _attention(self, x: str, name: str) -> str:
        query = self._heads(x, f"{name}/query", [0, 2, 1, 3])
        key = self._heads(x, f"{name}/key", [0, 2, 3, 1])
        value = self._heads(x, f"{name}/value", [0, 2, 1, 3])
        scores = self.add("MatMul", [query, key], f"{name}/scores")
        scores = self.add("Mul", [scores, "attention_scale"], f"{name}/scaled_scores")
        scores = self.add("Add", [scores, "padding_scores"], f"{name}/masked_scores")
        shares = self.add("Softmax", [scores], f"{name}/shares", axis=-1)
        x = self.add("MatMul", [shares, value], f"{name}/mixed")
        x = self.add("Transpose", [x], f"{name}/mixed_places", perm=[0, 2, 1, 3])
        x = self.add("Reshape", [x, "join_heads"], f"{name}/joined")
        return self._dense(x, f"{name}/attention_output", "square")

    def _heads(self, x: str, name: str, axes: list[int]) -> str:
        x = self._dense(x, name, "square")
        x = self.add("Reshape", [x, "split_heads"], f"{name}/split")
        return self.add("Transpose", [x], f"{name}/turned", perm=axes)

    def _dense(self, x: str, name: str, shape: str = "") -> str:
        """Return x times the kernel plus the bias; Keras keeps heads in axes of their own."""
        kernel, bias = self.float32(f"{name}/kernel"), self.float32(f"{name}/bias")
        if shape:
            kernel = self.add("Reshape", [kernel, shape], f"{name}/kernel_joined")
            bias = self.add("Reshape", [bias, "flat"], f"{name}/bias_joined")
        x = self.add("MatMul", [x, kernel], f"{name}/product")
        return self.add("Add", [x, bias], name)

    def _norm(self, x: str, name: str) -> str:
        inputs = [x, self.float32(f"{name}/gamma"), self.float32(f"{name}/beta")]
        return self.add("LayerNormalization", inputs, name, axis=-1, epsilon=EPSILON)

    def _pool(self, layers: list[str]) -> None:
        means = [self._mean(layer, f"mean_{number}") for number, layer in enumerate(layers)]
        self.add("Concat", means, "layer_means", axis=1)
        self.add("Squeeze", [means[-1], "place_1"], "mean")
        first = self.add("Gather", [layers[-1], "place_0"], "first_tokens", axis=1)
        self.add("Squeeze", [first, "place_1"], "first_token")

    def _mean(self, layer: str, name: str) -> str:
        """Return the mean over the tokens of a text, shape (n, 1, hidden_dim)."""
        total = self.add("MatMul", ["mask_row", layer], f"{name}_sum")
        count = self.add("Unsqueeze", ["num_tokens", "place_1"], f"{name}_count")
        return self.add("Div", [total, count], name)
