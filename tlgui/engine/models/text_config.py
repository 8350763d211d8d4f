"""What the ways to read texts are made of, as data; imports no Keras."""

import math
from dataclasses import dataclass
from typing import Final

from tlgui.engine.models.transformer_shapes import transformer_layer_shapes

BERT: Final = "bert"
WORD_VECTORS: Final = "word_vectors"
TFIDF: Final = "tfidf"

MAX_VALUES: Final = {
    "vocabulary_size": 2_000_000,
    "num_layers": 48,
    "num_heads": 64,
    "hidden_dim": 4096,
    "intermediate_dim": 16_384,
    "max_sequence_length": 8192,
    "num_segments": 16,
    "feature_size": 4096,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class BertConfig:
    """The sizes of a BERT encoder, in the words of KerasHub's ``BertBackbone``.

    Attributes:
        family: ``BERT``.
        vocabulary_size: Rows of the table of token embeddings.
        num_layers: Transformer layers after the embeddings.
        num_heads: Attention heads of every layer.
        hidden_dim: Width of every layer.
        intermediate_dim: Width inside the feedforward part of a layer.
        dropout: Share of the values that training drops.
        max_sequence_length: Tokens of the longest text, as many as there are positions.
        num_segments: Kinds of text in one input; ours are all of the first kind.
    """

    family: str
    vocabulary_size: int
    num_layers: int
    num_heads: int
    hidden_dim: int
    intermediate_dim: int
    dropout: float
    max_sequence_length: int
    num_segments: int

    @property
    def feature_size(self) -> int:
        """Length of one feature vector."""
        return self.hidden_dim


@dataclass(frozen=True, slots=True, kw_only=True)
class WordVectorsConfig:
    """The sizes of a table with one vector per word.

    Attributes:
        family: ``WORD_VECTORS``.
        vocabulary_size: Rows, with those of padding and of unknown words.
        feature_size: Length of one vector.
    """

    family: str
    vocabulary_size: int
    feature_size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TfidfConfig:
    """Counts of words, which need nothing pretrained.

    Attributes:
        family: ``TFIDF``.
    """

    family: str


TextConfig = BertConfig | WordVectorsConfig | TfidfConfig

TEXT_FAMILIES: Final[dict[str, type[TextConfig]]] = {
    BERT: BertConfig,
    WORD_VECTORS: WordVectorsConfig,
    TFIDF: TfidfConfig,
}


def text_variable_shapes(config: TextConfig) -> dict[str, tuple[int, ...]]:
    """Return every variable's shape by its Keras path, in the order of the forward pass."""
    match config:
        case BertConfig():
            return _bert_shapes(config)
        case WordVectorsConfig():
            return {"token_embedding/embeddings": (config.vocabulary_size, config.feature_size)}
        case TfidfConfig():
            return {}


def num_text_parameters(config: TextConfig) -> int:
    """Return the number of pretrained values that features come from.

    BERT's pooler is left out: our heads read the tokens themselves.
    """
    shapes = text_variable_shapes(config).items()
    return sum(math.prod(shape) for path, shape in shapes if not path.startswith("pooled_dense/"))


def check_text_config(config: TextConfig) -> None:
    """Raise ValueError unless every size is positive and within what we ever build."""
    for name, maximum in MAX_VALUES.items():
        value = getattr(config, name, 1)
        if not 1 <= value <= maximum:
            raise ValueError(f"{name}: need 1 to {maximum}, got {value}")
    if isinstance(config, BertConfig):
        _check_bert(config)


def _check_bert(config: BertConfig) -> None:
    if config.hidden_dim % config.num_heads:
        raise ValueError(f"hidden_dim: {config.num_heads} heads cannot share {config.hidden_dim}")
    if not 0 <= config.dropout < 1:
        raise ValueError(f"dropout: need 0 to below 1, got {config.dropout}")


def _bert_shapes(config: BertConfig) -> dict[str, tuple[int, ...]]:
    wide = config.hidden_dim
    shapes: dict[str, tuple[int, ...]] = {
        "token_embedding/embeddings": (config.vocabulary_size, wide),
        "position_embedding/embeddings": (config.max_sequence_length, wide),
        "segment_embedding/embeddings": (config.num_segments, wide),
        "embeddings_layer_norm/gamma": (wide,),
        "embeddings_layer_norm/beta": (wide,),
    }
    for number in range(config.num_layers):
        layer = transformer_layer_shapes(wide, config.num_heads, config.intermediate_dim)
        shapes |= {f"transformer_layer_{number}/{name}": shape for name, shape in layer.items()}
    return shapes | {"pooled_dense/kernel": (wide, wide), "pooled_dense/bias": (wide,)}
