"""Trains a classifier of texts: $what. It does not need tlgui.

    pip install $packages
    python THIS_FILE

Beside this file lie three of the same name: the one that ends in .json has the classes and the
texts of each split, .tokenizer.json cuts texts into tokens, and .keras is the pretrained network
that turns them into features.
"""

import json
import os
import unicodedata
from pathlib import Path

os.environ.setdefault("KERAS_BACKEND", "tensorflow")

import keras
import numpy as np
import tensorflow as tf
import tokenizers
from scipy.special import log_softmax
from sklearn.linear_model import LogisticRegression

HERE = Path(__file__)
DATA = json.loads(HERE.with_suffix(".json").read_text("utf-8"))
CLASSES = DATA["classes"]

SEQUENCE_LENGTH = 128  # tokens of a text that are read; 0 is all
LEFT_OUT_ID = None  # token of words that the network does not know, where it leaves them out
L2_STRENGTHS = (0.001, 0.003, 0.01, 0.03, 0.1, 0.3)  # candidates for the last layer
NEEDS_KERAS_HUB = True

if NEEDS_KERAS_HUB:
    import keras_hub  # noqa: F401 (its layers are in the network)

TOKENIZER = tokenizers.Tokenizer.from_file(str(HERE.with_suffix(".tokenizer.json")))
TOKENIZER.no_padding()
TOKENIZER.no_truncation()
if SEQUENCE_LENGTH and LEFT_OUT_ID is None:
    TOKENIZER.enable_truncation(SEQUENCE_LENGTH)


def token_ids(text):
    """Return the ids of the tokens that the network reads, at least one."""
    ids = TOKENIZER.encode(unicodedata.normalize("NFC", text)).ids
    if LEFT_OUT_ID is None:
        return ids or [0]
    known = [i for i in ids if i != LEFT_OUT_ID]
    return known[: SEQUENCE_LENGTH or None] or [LEFT_OUT_ID]


def read_split(name):
    """Return the tokens and the labels of one split."""
    rows = [token_ids(text) for text, _ in DATA[name]]
    return rows, np.array([label for _, label in DATA[name]])


def padded(rows, names):
    """Return texts of different lengths as one batch of what the network takes."""
    shape = (len(rows), max(map(len, rows)))
    batch = {"token_ids": np.zeros(shape, np.int32), "padding_mask": np.zeros(shape, np.int32)}
    for number, row in enumerate(rows):
        batch["token_ids"][number, : len(row)] = row
        batch["padding_mask"][number, : len(row)] = 1
    batch["segment_ids"] = np.zeros(shape, np.int32)
    return {name: batch[name] for name in names}


def outputs(network, rows, batch_size=32):
    """Return what a network gives for texts, the short ones first, in their old order."""
    forward = tf.function(lambda batch: network(batch, training=False), reduce_retracing=True)
    order = np.argsort([len(row) for row in rows], kind="stable")
    found = [None] * len(rows)
    for start in range(0, len(rows), batch_size):
        chosen = order[start : start + batch_size]
        batch = padded([rows[i] for i in chosen], network.input)
        for i, row in zip(chosen, forward(batch).numpy(), strict=True):
            found[i] = row
    return np.stack(found)


def solve_head(train, validation):
    """Return kernel and bias of the last layer: logistic regression on standardized features.

    The strength of its penalty is the one with the lowest loss on the validation samples.
    """
    (features, labels), (unseen, unseen_labels) = train, validation
    mean, scale = features.mean(axis=0), features.std(axis=0)
    moving = scale[scale > 0]
    scale = np.maximum(scale, np.median(moving) if len(moving) else 1.0)
    solver = LogisticRegression(max_iter=500, warm_start=True)
    found = []
    for strength in sorted(L2_STRENGTHS, reverse=True):
        solver.set_params(C=(2 if len(CLASSES) == 2 else 1) / (strength * len(labels)))
        solver.fit((features - mean) / scale, labels)
        weights, bias = solver.coef_, solver.intercept_
        if len(weights) == 1:  # two classes have one logit
            weights, bias = np.vstack([-weights, weights]) / 2, np.hstack([-bias, bias]) / 2
        kernel = (weights / scale).T
        head = kernel.astype(np.float32), (bias - mean @ kernel).astype(np.float32)
        log_probabilities = log_softmax(unseen @ head[0] + head[1], axis=1)
        loss = -log_probabilities[np.arange(len(unseen)), unseen_labels].mean()
        found.append((loss, head))
    return min(found, key=lambda entry: entry[0])[1]


def main():
    """Train, judge and save."""
    backbone = keras.saving.load_model(HERE.with_suffix(".keras"), compile=False)
    splits = {name: read_split(name) for name in ("train", "validation", "test")}
    features = {name: (outputs(backbone, rows), labels) for name, (rows, labels) in splits.items()}
    head = keras.layers.Dense(len(CLASSES), name="head")
    network = keras.Model(backbone.input, head(backbone.output))
    head.set_weights(solve_head(features["train"], features["validation"]))
    for name in ("validation", "test"):
        rows, labels = splits[name]
        found = float((outputs(network, rows).argmax(axis=1) == labels).mean())
        print(f"{name} accuracy: {found:.4f} (tlgui: {DATA['accuracy'][name]:.4f})")
    network.save(HERE.with_suffix(".trained.keras"))


if __name__ == "__main__":
    main()
