"""BERT encoders as KerasHub builds them.

Source:
    Devlin et al. 2019, "BERT", arXiv:1810.04805.
"""

import keras
from keras_hub.models import BertBackbone

from tlgui.engine.models.text_config import BertConfig


def build_bert(config: BertConfig) -> keras.Model:
    """Return a KerasHub ``BertBackbone`` with random weights.

    Returns:
        Inputs ``token_ids``, ``segment_ids`` and ``padding_mask``, each of shape (batch,
        length). Outputs ``sequence_output`` (batch, length, hidden_dim), the last layer, and
        ``pooled_output`` (batch, hidden_dim).
    """
    return BertBackbone(
        vocabulary_size=config.vocabulary_size,
        num_layers=config.num_layers,
        num_heads=config.num_heads,
        hidden_dim=config.hidden_dim,
        intermediate_dim=config.intermediate_dim,
        dropout=config.dropout,
        max_sequence_length=config.max_sequence_length,
        num_segments=config.num_segments,
        name=config.family,
    )
