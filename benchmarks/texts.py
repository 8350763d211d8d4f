"""The frozen pass on texts: tlgui beside Keras ``predict`` on batches of one fixed length."""

import argparse
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

os.environ.setdefault("KERAS_BACKEND", "tensorflow")

RESOURCES = Path(__file__).parents[1] / "resources"
PRESET = RESOURCES / "models" / "all_minilm_l6_v2_en"
BATCH_SIZE = 32
SEQUENCE_LENGTH = 128
MAX_TEXTS = 1024


def main() -> None:
    """Print texts per second, their ratio and the largest difference."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, default=RESOURCES / "examples" / "texts")
    files = sorted(parser.parse_args().folder.rglob("*.txt"))
    stride = 1 + len(files) // MAX_TEXTS
    texts = [file.read_text(encoding="utf-8", errors="replace") for file in files[::stride]]
    ours, theirs = _ours(), _theirs()
    ours(texts[:BATCH_SIZE]), theirs(texts[:BATCH_SIZE])  # loading and tracing do not count
    fast, features = _texts_per_s(lambda: ours(texts), len(texts))
    slow, expected = _texts_per_s(lambda: theirs(texts), len(texts))
    print(f"largest difference of a feature: {np.abs(features - expected).max():.1e}")
    print(f"tlgui {fast:.0f}/s, Keras predict {slow:.0f}/s, ratio {fast / slow:.1f}")


def _ours() -> Callable[[list[str]], Any]:
    """Return ONNX Runtime on batches of similar lengths, each padded to its longest text."""
    from tlgui.engine.models.frozen import open_frozen
    from tlgui.engine.models.preset_tokenizer import load_tokenizer

    tokenizer, frozen = load_tokenizer(PRESET, SEQUENCE_LENGTH), open_frozen(PRESET, "mean")

    def features(texts: list[str]) -> Any:
        ids = tokenizer.encode(texts)
        order = np.argsort([len(tokens) for tokens in ids], kind="stable")
        result = np.empty((len(texts), 384), np.float32)
        for start in range(0, len(texts), BATCH_SIZE):
            places = order[start : start + BATCH_SIZE]
            result[places] = frozen(tokenizer.pad([ids[place] for place in places]))
        return result

    return features


def _theirs() -> Callable[[list[str]], Any]:
    """Return Keras on batches in the order of the texts, all padded to the same length."""
    import keras

    from tlgui.engine.models.preset_tokenizer import load_tokenizer
    from tlgui.engine.models.presets import load_backbone

    tokenizer, backbone = load_tokenizer(PRESET, SEQUENCE_LENGTH), load_backbone(PRESET)
    pooling = keras.layers.GlobalAveragePooling1D()
    mask = backbone.input["padding_mask"]
    pooled = pooling(backbone.output["sequence_output"], mask=mask)
    model = keras.Model(backbone.input, pooled)
    model.compile(jit_compile=False)

    def features(texts: list[str]) -> Any:
        token_ids = np.zeros((len(texts), SEQUENCE_LENGTH), np.int32)
        for row, ids in zip(token_ids, tokenizer.encode(texts), strict=True):
            row[: len(ids)] = ids
        inputs = {
            "token_ids": token_ids,
            "segment_ids": np.zeros_like(token_ids),
            "padding_mask": (token_ids > 0).astype(np.int32),
        }
        return model.predict(inputs, batch_size=BATCH_SIZE, verbose=0)

    return features


def _texts_per_s(compute: Callable[[], Any], num_texts: int) -> tuple[float, Any]:
    start_s = time.perf_counter()
    result = compute()
    return num_texts / (time.perf_counter() - start_s), result


if __name__ == "__main__":
    main()
