"""Folders as other libraries leave them, made in a moment; and a shelf to import them to."""

import json
from pathlib import Path

import numpy as np
from safetensors.numpy import save_file

from tests.engine.tiny_text import TINY_BERT, VOCABULARY
from tests.presets import CATALOG
from tlgui.engine.models.foreign_bert import bert_names
from tlgui.engine.models.judged import Shelf
from tlgui.engine.models.text_config import BertConfig, text_variable_shapes

BERT_SIZES = {
    "model_type": "bert",
    "vocab_size": TINY_BERT.vocabulary_size,
    "num_hidden_layers": TINY_BERT.num_layers,
    "num_attention_heads": TINY_BERT.num_heads,
    "hidden_size": TINY_BERT.hidden_dim,
    "intermediate_size": TINY_BERT.intermediate_dim,
    "max_position_embeddings": TINY_BERT.max_sequence_length,
    "type_vocab_size": TINY_BERT.num_segments,
    "hidden_act": "gelu",
    "hidden_dropout_prob": 0.1,
    "layer_norm_eps": 1e-12,
    "architectures": ["BertModel"],
}


def shelf(folder: Path) -> Shelf:
    """Return an empty shelf beside what is to be imported."""
    return Shelf(folder / "models", CATALOG)


def torch_state(config: BertConfig = TINY_BERT) -> dict[str, np.ndarray]:
    """Return random weights under the names and in the layout of Hugging Face."""
    chance = np.random.default_rng(0)
    theirs = dict(bert_names(config))
    state = {"embeddings.position_ids": np.arange(config.max_sequence_length)[None]}
    for path, shape in text_variable_shapes(config).items():
        layer, variable = path.rsplit("/", 1)
        if variable == "kernel":
            wide = shape[0] * shape[1] if "attention_output" in layer else shape[0]
            shape = (int(np.prod(shape)) // wide, wide)
        elif variable == "bias":
            shape = (int(np.prod(shape)),)
        values = np.float32(variable == "gamma") + chance.normal(0, 0.3, shape).astype(np.float32)
        state[f"{theirs[layer]}.{'bias' if variable in ('bias', 'beta') else 'weight'}"] = values
    return state


def write_bert_folder(folder: Path, **sizes: object) -> Path:
    """Write a BERT as Hugging Face stores it; ``sizes`` change its ``config.json``."""
    folder.mkdir(parents=True)
    save_file(torch_state(), folder / "model.safetensors")
    (folder / "config.json").write_text(json.dumps(BERT_SIZES | sizes))
    (folder / "vocab.txt").write_text("\n".join(VOCABULARY) + "\n", encoding="utf-8")
    (folder / "README.md").write_text("---\nlanguage: en\nlicense: apache-2.0\n---\n")
    return folder
