"""BERT encoders as KerasHub stores them: sizes, names, words.

Source:
    ``BertBackbone`` and ``BertTokenizer`` of https://github.com/keras-team/keras-hub, and what
    ``save_to_preset`` of keras-hub 0.32 writes.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from tlgui.core.errors import TlguiError
from tlgui.engine.models.foreign_file import damaged, integer, list_files, number, read_json
from tlgui.engine.models.tensor_file import Tensors
from tlgui.engine.models.text_config import (
    BERT,
    MAX_VALUES,
    BertConfig,
    check_text_config,
    text_variable_shapes,
)
from tlgui.engine.models.vocabulary import Vocabulary, pieces, read_lines

CLASS_NAME: Final = "BertBackbone"
WEIGHTS: Final = "model.weights.h5"
WORDS: Final = "vocabulary.txt"
SIZES: Final = (
    "vocabulary_size",
    "num_layers",
    "num_heads",
    "hidden_dim",
    "intermediate_dim",
    "max_sequence_length",
    "num_segments",
)
# place of a variable in its layer
PLACES: Final = {"kernel": 0, "bias": 1, "gamma": 0, "beta": 1, "embeddings": 0}


def hub_config(record: Mapping[str, Any], path: Path) -> BertConfig:
    """Return the sizes in a ``config.json``; whatever else stands there is not looked at.

    Raises:
        TlguiError: a size is missing or out of range.
    """
    own = record.get("config")
    if not isinstance(own, dict):
        damaged(path, "it has no sizes")
    sizes = {name: integer(own, name, path, MAX_VALUES[name]) for name in SIZES}
    config = BertConfig(family=BERT, dropout=number(own, "dropout", path, 0.1), **sizes)
    try:
        check_text_config(config)
    except ValueError as error:
        damaged(path, str(error), error)
    return config


def renamed_hub(config: BertConfig, state: Tensors) -> Tensors:
    """Return their tensors under our names.

    Args:
        config: The sizes.
        state: By path of layers and place of the variable, as ``h5_tensors`` names them.

    Raises:
        ValueError: a tensor is missing or left over.
    """
    left, tensors = dict(state), {}
    for path in text_variable_shapes(config):
        layer, variable = path.rsplit("/", 1)
        source = f"{layer}/{PLACES[variable]}"
        if source not in left:
            raise ValueError(f"{path}: there is no {source}")
        tensors[path] = left.pop(source)
    if left:
        raise ValueError(f"left over: {', '.join(sorted(left)[:3])} ({len(left)} in all)")
    return tensors


def read_hub_words(files: Mapping[str, Path], folder: Path) -> Vocabulary:
    """Return the pieces of words beside a BERT of KerasHub.

    Raises:
        TlguiError: there are none, or no usable ones.
    """
    own: object = {}
    if "tokenizer.json" in files:
        own = read_json(files["tokenizer.json"]).get("config")
    switches = own if isinstance(own, dict) else {}
    assets = folder / "assets"
    inner = assets / "tokenizer"
    is_plain = inner.is_dir() and not assets.is_symlink() and not inner.is_symlink()
    words = list_files(inner) if is_plain else {}
    if WORDS not in words:
        raise TlguiError("import_incomplete", path=str(folder), name=f"assets/tokenizer/{WORDS}")
    kept = {
        "do_lower_case": switches.get("lowercase", False),
        "strip_accents": switches.get("strip_accents", False),
    }
    return pieces(read_lines(words[WORDS]), kept, words[WORDS])
