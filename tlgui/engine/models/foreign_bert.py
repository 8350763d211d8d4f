"""BERT encoders as Hugging Face stores them: names, layout, and the sizes in ``config.json``.

Source:
    The state dicts and ``BertConfig`` of https://github.com/huggingface/transformers.
"""

import math
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from tlgui.core.errors import TlguiError
from tlgui.engine.models.foreign_file import damaged, integer, number
from tlgui.engine.models.tensor_file import Tensors
from tlgui.engine.models.text_config import (
    BERT,
    MAX_VALUES,
    BertConfig,
    check_text_config,
    text_variable_shapes,
)

MODEL_TYPE: Final = "bert"
GELUS: Final = ("gelu", "gelu_new", "gelu_pytorch_tanh", "gelu_fast")
MAX_EPSILON: Final = 1e-6  # ours is 1e-12, and a larger one would change the features
POOLER: Final = "pooled_dense/"

LAYER_NAMES: Final = {
    "self_attention_layer/query": "attention.self.query",
    "self_attention_layer/key": "attention.self.key",
    "self_attention_layer/value": "attention.self.value",
    "self_attention_layer/attention_output": "attention.output.dense",
    "self_attention_layer_norm": "attention.output.LayerNorm",
    "feedforward_intermediate_dense": "intermediate.dense",
    "feedforward_output_dense": "output.dense",
    "feedforward_layer_norm": "output.LayerNorm",
}
EMBEDDING_NAMES: Final = {
    "token_embedding": "embeddings.word_embeddings",
    "position_embedding": "embeddings.position_embeddings",
    "segment_embedding": "embeddings.token_type_embeddings",
    "embeddings_layer_norm": "embeddings.LayerNorm",
    "pooled_dense": "pooler.dense",
}
# what models for one task have on top of the encoder, which is not taken
HEADS: Final = ("cls.", "classifier.", "qa_outputs.", "dropout.")
UNUSED: Final = ("embeddings.position_ids", "embeddings.token_type_ids")  # 0, 1, 2, … and 0, 0, …


def bert_config(record: Mapping[str, Any], path: Path) -> BertConfig:
    """Return the sizes in a ``config.json``, each of them checked.

    Raises:
        TlguiError: a size is missing or out of range, or the network differs from ours.
    """
    _check_kind(record, path)
    sizes = {ours: integer(record, theirs, path, MAX_VALUES[ours]) for ours, theirs in _SIZES}
    dropout = number(record, "hidden_dropout_prob", path, 0.1)
    config = BertConfig(family=BERT, dropout=dropout, **sizes)
    try:
        check_text_config(config)
    except ValueError as error:
        damaged(path, str(error), error)
    return config


def renamed_bert(config: BertConfig, state: Tensors) -> Tensors:
    """Return their tensors under Keras' names and in Keras' layout.

    A missing pooler becomes zeros: our heads read the tokens themselves.

    Raises:
        ValueError: a tensor is missing, left over or of another shape.
    """
    theirs = dict(bert_names(config))
    left = {_plain_name(name): values for name, values in state.items()}
    if len(left) != len(state):
        raise ValueError("a tensor comes twice")
    has_pooler = any(name.startswith(EMBEDDING_NAMES["pooled_dense"]) for name in left)
    tensors = {}
    for path, shape in text_variable_shapes(config).items():
        layer, variable = path.rsplit("/", 1)
        source = f"{theirs[layer]}.{'bias' if variable in ('bias', 'beta') else 'weight'}"
        if path.startswith(POOLER) and not has_pooler:
            tensors[path] = np.zeros(shape, np.float32)
            continue
        if source not in left:
            raise ValueError(f"{path}: there is no {source}")
        tensors[path] = _turned(left.pop(source), path, shape)
    surplus = [n for n in left if n not in UNUSED and not n.startswith(HEADS)]
    if surplus:
        raise ValueError(f"left over: {', '.join(surplus[:3])} ({len(surplus)} in all)")
    return tensors


def bert_names(config: BertConfig) -> Iterator[tuple[str, str]]:
    """Yield (our layer, their layer)."""
    yield from EMBEDDING_NAMES.items()
    for layer in range(config.num_layers):
        for ours, theirs in LAYER_NAMES.items():
            yield f"transformer_layer_{layer}/{ours}", f"encoder.layer.{layer}.{theirs}"


_SIZES: Final = (
    ("vocabulary_size", "vocab_size"),
    ("num_layers", "num_hidden_layers"),
    ("num_heads", "num_attention_heads"),
    ("hidden_dim", "hidden_size"),
    ("intermediate_dim", "intermediate_size"),
    ("max_sequence_length", "max_position_embeddings"),
    ("num_segments", "type_vocab_size"),
)


def _check_kind(record: Mapping[str, Any], path: Path) -> None:
    """Refuse what is called BERT and computes something else."""
    for name, known in (
        ("hidden_act", GELUS),
        ("position_embedding_type", ("absolute",)),
        ("is_decoder", (False,)),
        ("add_cross_attention", (False,)),
    ):
        value = record.get(name, known[0])
        if not any(value is good or value == good for good in known):
            reason = f"{name} is {value!r:.40}"
            raise TlguiError(
                "import_architecture_unknown", path=str(path), reason=reason, known=str(known[0])
            )
    epsilon = record.get("layer_norm_eps", 1e-12)
    if type(epsilon) not in (int, float) or not 0 < epsilon <= MAX_EPSILON:
        damaged(path, f"layer_norm_eps needs to be at most {MAX_EPSILON}, got {epsilon!r:.40}")


def _plain_name(name: str) -> str:
    """Return the name within the encoder; those of models for one task and of old files differ."""
    name = name.removeprefix("bert.").replace(".LayerNorm.gamma", ".LayerNorm.weight")
    return name.replace(".LayerNorm.beta", ".LayerNorm.bias")


def _turned(values: NDArray[Any], path: str, shape: tuple[int, ...]) -> NDArray[Any]:
    """Return their tensor in Keras' shape, once it has the one that belongs to it."""
    flat = shape
    if path.endswith("/kernel"):
        inputs = shape[0] if not path.endswith("attention_output/kernel") else shape[0] * shape[1]
        flat = (math.prod(shape) // inputs, inputs)  # theirs is (out, in)
    elif path.endswith("/bias"):
        flat = (math.prod(shape),)
    if values.shape != flat:
        raise ValueError(f"{path}: need {flat}, got {values.shape}")
    values = values.T if path.endswith("/kernel") else values
    return np.ascontiguousarray(values).reshape(shape)
