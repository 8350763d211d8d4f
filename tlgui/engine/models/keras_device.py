"""Where Keras computes, found out by computing something."""


def is_on_gpu() -> bool:
    """Return whether Keras really computed a small product on a GPU.

    Keras is imported here, which takes seconds.
    """
    import keras

    ones = keras.ops.ones((256, 256))
    product = keras.ops.matmul(ones, ones)
    where = str(getattr(product, "device", "")).lower()
    return "gpu" in where or "cuda" in where
