"""Text presets with random weights, made in a moment."""

from pathlib import Path

import numpy as np

from resources.convert_texts import write_bert_preset, write_word_vectors_preset
from tlgui.core.catalog import PresetInfo, PresetOrigin
from tlgui.core.phase import FineTuning
from tlgui.engine.models.text_config import (
    BERT,
    WORD_VECTORS,
    BertConfig,
    num_text_parameters,
    text_variable_shapes,
)

SPECIAL = ("[PAD]", "[UNK]", "[CLS]", "[SEP]")
ENGLISH = """
    the a an and or but if not no yes i you he she it we they me my your his her its our their
    this that these those who what when where why how is are was were be been am do does did
    have has had will would can could may must go goes went come came get got make made take
    took give gave say said see saw know knew think want need like love hate eat ate drink
    read wrote write buy sell sold pay win won lose lost play work call text send free money
    bank oil price rate trade grain ship share company market profit loss dollar cash prize
    claim urgent offer mobile phone message good bad great small big new old happy sad hot
    cold fast slow red green blue cat dog bird fish horse cow tree house car road city river
    sea sun moon day night morning week month year time man woman child friend school book
    word story music song food bread milk water tea coffee in on at to from of for with by
    about up down out over under again very more most so too now then here there one two
"""
WORDS = tuple(dict.fromkeys(ENGLISH.split()))
PIECES = ("##s", "##ed", "##ing", "##er", "##ly")
LETTERS = tuple("abcdefghijklmnopqrstuvwxyz0123456789.,!?'-")
VOCABULARY = tuple(
    dict.fromkeys((*SPECIAL, *WORDS, *PIECES, *LETTERS, *(f"##{sign}" for sign in LETTERS[:36])))
)

TINY_BERT = BertConfig(
    family=BERT,
    vocabulary_size=len(VOCABULARY),
    num_layers=2,
    num_heads=2,
    hidden_dim=16,
    intermediate_dim=32,
    dropout=0.1,
    max_sequence_length=64,
    num_segments=2,
)
VECTOR_SIZE = 12


def write_tiny_text_preset(folder: Path) -> PresetInfo:
    """Write a BERT preset: two layers, 16 wide, 64 places, random weights.

    Returns:
        Its entry of the catalog; the id is the folder's name.
    """
    chance = np.random.default_rng(3)
    tensors = {
        path: np.float32(path.endswith("gamma")) + chance.normal(0, 0.3, shape).astype(np.float32)
        for path, shape in text_variable_shapes(TINY_BERT).items()
    }
    write_bert_preset(folder, TINY_BERT, tensors, list(VOCABULARY), group=8)
    return _info(
        folder,
        family=BERT,
        architecture="transformer",
        sequence_length=32,
        max_sequence_length=TINY_BERT.max_sequence_length,
        poolings=("mean", "first_token", "layer_mixture"),
        num_parameters=num_text_parameters(TINY_BERT),
        feature_size=TINY_BERT.hidden_dim,
        num_groups=TINY_BERT.num_layers + 1,
        fine_tuning=FineTuning(learning_rate=1e-3, weight_decay=0.01, epochs=4, patience=3),
    )


def write_tiny_word_vectors(folder: Path) -> PresetInfo:
    """Write a preset of random word vectors, 12 long.

    Returns:
        Its entry of the catalog; the id is the folder's name.
    """
    words = [*WORDS, *LETTERS[-6:]]
    vectors = np.random.default_rng(4).normal(size=(len(words), VECTOR_SIZE)).astype(np.float32)
    write_word_vectors_preset(folder, words, vectors)
    return _info(
        folder,
        family=WORD_VECTORS,
        architecture="embedding",
        sequence_length=64,
        max_sequence_length=8192,
        num_parameters=(len(words) + 2) * VECTOR_SIZE,
        feature_size=VECTOR_SIZE,
        num_groups=1,
        fine_tuning=FineTuning(learning_rate=1e-3, weight_decay=0.0, epochs=4, patience=3),
    )


def _info(folder: Path, **known: object) -> PresetInfo:
    for name in ("LICENSE", "NOTICE"):
        (folder / name).write_text("Apache-2.0\n")
    return PresetInfo(
        id=folder.name,
        title="Tiny texts",
        task="text",
        num_bytes=(folder / "model.safetensors").stat().st_size,
        license="Apache-2.0",
        source="this test",
        trained_on="nothing",
        embedded=False,
        languages=("en",),
        origin=PresetOrigin(package="none", version="0", member="none", sha256="none"),
        **known,
    )
