"""Trains a classifier of texts: $what. It does not need tlgui.

    pip install $packages
    python THIS_FILE

Beside this file lies one of the same name that ends in .json, with the classes and the texts of
each split.
"""

import json
import os
from pathlib import Path

os.environ.setdefault("KERAS_BACKEND", "tensorflow")

import keras
import numpy as np
from scipy.special import log_softmax
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

HERE = Path(__file__)
DATA = json.loads(HERE.with_suffix(".json").read_text("utf-8"))
CLASSES = DATA["classes"]

TOKEN_PATTERN = r"\w+"
NGRAM_RANGE = (1, 2)
MAX_TERMS = 50_000
MAX_CHARACTERS = 20_000_000  # of more, every second text tells the terms, or every third, ...
L2_STRENGTHS = (1e-6, 3e-6, 1e-5, 3e-5, 1e-4, 3e-4)  # candidates for the last layer


def read_split(name):
    """Return the texts and the labels of one split."""
    return [text for text, _ in DATA[name]], np.array([label for _, label in DATA[name]])


def fit_counts(texts):
    """Return what weighs words and pairs of words by how few texts have them (TF-IDF)."""
    counts = TfidfVectorizer(
        token_pattern=TOKEN_PATTERN,
        ngram_range=NGRAM_RANGE,
        sublinear_tf=True,
        dtype=np.float32,
        max_features=MAX_TERMS,
    )
    return counts.fit(texts[:: 1 + sum(map(len, texts)) // MAX_CHARACTERS])


def solve_head(train, validation):
    """Return kernel and bias of a logistic regression on the counts.

    The strength of its penalty is the one with the lowest loss on the validation samples.
    """
    (features, labels), (unseen, unseen_labels) = train, validation
    solver = LogisticRegression(max_iter=500, warm_start=True)
    found = []
    for strength in sorted(L2_STRENGTHS, reverse=True):
        solver.set_params(C=(2 if len(CLASSES) == 2 else 1) / (strength * len(labels)))
        solver.fit(features, labels)
        weights, bias = solver.coef_, solver.intercept_
        if len(weights) == 1:  # two classes have one logit
            weights, bias = np.vstack([-weights, weights]) / 2, np.hstack([-bias, bias]) / 2
        head = weights.T.astype(np.float32), bias.astype(np.float32)
        log_probabilities = log_softmax(unseen @ head[0] + head[1], axis=1)
        loss = -log_probabilities[np.arange(len(unseen_labels)), unseen_labels].mean()
        found.append((loss, head))
    return min(found, key=lambda entry: entry[0])[1]


def main():
    """Train, judge and save."""
    splits = {name: read_split(name) for name in ("train", "validation", "test")}
    counts = fit_counts(splits["train"][0])
    features = {name: (counts.transform(texts), labels) for name, (texts, labels) in splits.items()}
    inputs = keras.Input((len(counts.vocabulary_),), name="word_counts")
    head = keras.layers.Dense(len(CLASSES), name="head")
    network = keras.Model(inputs, head(inputs))
    head.set_weights(solve_head(features["train"], features["validation"]))
    for name in ("validation", "test"):
        rows, labels = features[name]
        logits = np.concatenate(
            [network(rows[i : i + 32].toarray(), training=False) for i in range(0, len(labels), 32)]
        )
        found = float((logits.argmax(axis=1) == labels).mean())
        print(f"{name} accuracy: {found:.4f} (tlgui: {DATA['accuracy'][name]:.4f})")
    network.save(HERE.with_suffix(".trained.keras"))
    terms = sorted(counts.vocabulary_, key=counts.vocabulary_.get)
    HERE.with_suffix(".terms.json").write_text(json.dumps(terms), "utf-8")


if __name__ == "__main__":
    main()
