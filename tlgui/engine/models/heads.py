"""Task heads: from a backbone's feature map to one logit per class."""

import keras

HEAD_NAME = "head"


def build_classifier(backbone: keras.Model, num_classes: int) -> keras.Model:
    """Return a model from resized pixels to logits.

    Args:
        backbone: pixels (batch, size, size, 3) in 0..255 to a feature map.
        num_classes: width of the head.

    Returns:
        A functional model: pixels (batch, size, size, 3) to logits (batch, num_classes).
    """
    features = keras.layers.GlobalAveragePooling2D(name="pooling")(backbone.output)
    logits = keras.layers.Dense(num_classes, name=HEAD_NAME)(features)
    return keras.Model(backbone.input, logits, name="classifier")
