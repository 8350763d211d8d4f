"""The tokenizer of a preset; imports no Keras."""

from pathlib import Path

from tlgui.core.catalog import CONFIG_FILE
from tlgui.engine.data.tokenizer import Tokenizer
from tlgui.engine.models.preset_files import (
    TOKENIZER_FILE,
    damaged,
    read_preset_config,
    verified_file,
)
from tlgui.engine.models.text_config import BertConfig, WordVectorsConfig


def load_tokenizer(folder: Path, sequence_length: int) -> Tokenizer:
    """Return the tokenizer of a text preset.

    Args:
        folder: Of the preset.
        sequence_length: Texts are cut to it; 0, or more than the preset can read, is as
            many tokens as it can.

    Raises:
        TlguiError: ``preset_missing`` or ``preset_damaged``.
    """
    preset = read_preset_config(folder)
    config = preset.backbone
    if not isinstance(config, BertConfig | WordVectorsConfig):
        damaged(folder / CONFIG_FILE, f"the family {config.family} reads no tokens")
    path = verified_file(folder, preset, TOKENIZER_FILE)
    longest = config.max_sequence_length if isinstance(config, BertConfig) else 0
    if longest:
        sequence_length = min(sequence_length or longest, longest)
    tokenizer = Tokenizer(path, sequence_length)
    if tokenizer.vocabulary_size > config.vocabulary_size:
        damaged(path, f"it knows more than the {config.vocabulary_size} tokens of the preset")
    return tokenizer
