"""One vector per word, from stock Keras layers only."""

import keras

from tlgui.engine.models.text_config import WordVectorsConfig


def build_word_vectors(config: WordVectorsConfig) -> keras.Model:
    """Return a table of word vectors with random values.

    Returns:
        Input ``token_ids``: int32 (batch, length). Output: (batch, length, feature_size).
    """
    token_ids = keras.Input((None,), dtype="int32", name="token_ids")
    table = keras.layers.Embedding(
        config.vocabulary_size, config.feature_size, name="token_embedding"
    )
    return keras.Model(token_ids, table(token_ids), name=config.family)
