"""Vision Transformers, built from public layers of Keras and KerasHub.

KerasHub's own ``ViTBackbone`` hides its blocks in one layer, and the layers inside it cannot be
loaded again on their own.

Source:
    Dosovitskiy et al. 2021, "An Image is Worth 16x16 Words", arXiv:2010.11929.
"""

import keras
from keras_hub.layers import PositionEmbedding, TransformerEncoder

from tlgui.engine.models.vit_config import ViTConfig


def build_vit(config: ViTConfig) -> keras.Model:
    """Return a functional backbone with random weights, whose blocks are layers.

    Returns:
        Input ``pixels``: float32 (batch, input_size_px, input_size_px, 3), RGB in 0..255;
        the scaling to -1..1 is inside. Output: the features of the class token and of every
        patch, (batch, 1 + patches, hidden_dim), normalized.
    """
    size = config.input_size_px
    pixels = keras.Input((size, size, 3), name="pixels")
    x = keras.layers.Rescaling(1 / 127.5, offset=-1.0, name="rescaling")(pixels)
    x = _embedded(x, config)
    for number in range(config.num_layers):
        x = TransformerEncoder(
            config.intermediate_dim,
            config.num_heads,
            dropout=config.dropout,
            activation="gelu",
            layer_norm_epsilon=config.layer_norm_epsilon,
            normalize_first=True,
            name=f"transformer_layer_{number}",
        )(x)
    norm = keras.layers.LayerNormalization(epsilon=config.layer_norm_epsilon, name="output_norm")
    return keras.Model(pixels, norm(x), name=config.family)


def _embedded(x: keras.KerasTensor, config: ViTConfig) -> keras.KerasTensor:
    """Return tokens (batch, 1 + patches, hidden_dim) with their places."""
    wide, patch = config.hidden_dim, config.patch_size
    x = keras.layers.Conv2D(wide, patch, strides=patch, name="patch_embedding")(x)
    x = keras.layers.Reshape((config.num_patches, wide), name="patches")(x)
    # a table with one row holds the class token
    only_row = keras.ops.zeros_like(x[:, :1, 0], dtype="int32")
    class_token = keras.layers.Embedding(1, wide, name="class_token")(only_row)
    x = keras.layers.Concatenate(axis=1, name="tokens")([class_token, x])
    places = PositionEmbedding(1 + config.num_patches, name="position_embedding")(x)
    x = keras.layers.Add(name="embeddings_add")([x, places])
    return keras.layers.Dropout(config.dropout, name="embeddings_dropout")(x)
