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
from scipy.optimize import minimize_scalar
from scipy.special import log_softmax
from sklearn.linear_model import LogisticRegression

HERE = Path(__file__)
DATA = json.loads(HERE.with_suffix(".json").read_text("utf-8"))
CLASSES = DATA["classes"]

SEQUENCE_LENGTH = 128  # tokens of a text that are read; 0 is all
LEFT_OUT_ID = None  # token of words that the network does not know, where it leaves them out
L2_STRENGTHS = (0.001, 0.003, 0.01, 0.03, 0.1, 0.3)  # candidates for the last layer
NEEDS_KERAS_HUB = True
# <fine-tuning>
SEED = 0
BATCH_SIZE = 32
EPOCHS = 8
PATIENCE = 5  # epochs without progress that end it
LEARNING_RATE = 0.0005
SCHEDULE = "warmup_cosine"
WARMUP_FRACTION = 0.1
WEIGHT_DECAY = 0.0
LABEL_SMOOTHING = 0.0
DROPOUT = 0.0  # share of the features that the last layer does without in a step
AVERAGING = 0.98  # momentum of the moving average of the weights; 0 is none
# </fine-tuning>

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


def signature(network):
    """Return what a network takes, of any size: graphs that are made for one size round anew."""
    return keras.tree.map_structure(lambda x: tf.TensorSpec(x.shape, x.dtype), network.input)


def compiled(network):
    """Return a network as a function from the tokens of some texts to what it gives."""
    forward = tf.function(lambda batch: network(batch, training=False), [signature(network)])
    return lambda rows: forward(padded(rows, network.input)).numpy()


def outputs(forward, rows, batch_size=32):
    """Return what a network gives for texts; it sees the short ones first."""
    order = np.argsort([len(row) for row in rows], kind="stable")
    found = [None] * len(rows)
    for start in range(0, len(rows), batch_size):
        chosen = order[start : start + batch_size]
        for i, row in zip(chosen, forward([rows[i] for i in chosen]), strict=True):
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


def accuracy(logits, labels):
    """Return the share of right answers."""
    return float((logits.argmax(axis=1) == labels).mean())


# <fine-tuning>
def calibrated_loss(logits, labels):
    """Return the mean cross-entropy at the temperature that makes it least."""

    def loss(log_temperature):
        cooled = log_softmax(logits / np.exp(log_temperature), axis=1)
        return -cooled[np.arange(len(labels)), labels].mean()

    bounds = (np.log(0.25), np.log(16.0))
    return minimize_scalar(loss, bounds=bounds, method="bounded").fun


class Rate(keras.optimizers.schedules.LearningRateSchedule):
    """The learning rate by step: it rises from nothing, then falls."""

    def __init__(self, num_steps):
        self.num_steps = num_steps

    def __call__(self, step):
        """Return the rate of one step, counted from 0."""
        done, warmup = keras.ops.cast(step, "float32"), round(WARMUP_FRACTION * self.num_steps)
        rising = (done + 1) / max(1, warmup)
        fallen = keras.ops.clip((done - warmup) / max(1, self.num_steps - warmup), 0.0, 1.0)
        is_cosine = SCHEDULE == "warmup_cosine"
        falling = (1 + keras.ops.cos(np.pi * fallen)) / 2 if is_cosine else 1 - fallen
        return LEARNING_RATE * keras.ops.minimum(rising, falling)


def build_optimizer(variables, num_steps):
    """Return Adam, with weight decay where it is wanted."""
    rate = LEARNING_RATE if SCHEDULE == "constant" else Rate(num_steps)
    options = {"use_ema": bool(AVERAGING), "ema_momentum": AVERAGING or 0.99}
    if WEIGHT_DECAY:
        optimizer = keras.optimizers.AdamW(rate, weight_decay=WEIGHT_DECAY, **options)
        optimizer.exclude_from_weight_decay(var_names=["bias", "gamma", "beta"])
    else:
        optimizer = keras.optimizers.Adam(rate, **options)
    optimizer.build(variables)
    return optimizer


def training_step(network, optimizer, variables):
    """Return the function that learns from one batch."""

    @tf.function(input_signature=[signature(network), tf.TensorSpec((None,), tf.int64)])
    def step(batch, labels):
        sure = keras.ops.one_hot(labels, len(CLASSES))
        targets = (1 - LABEL_SMOOTHING) * sure + LABEL_SMOOTHING / len(CLASSES)
        with tf.GradientTape() as tape:
            log_probabilities = keras.ops.log_softmax(network(batch, training=True))
            loss = keras.ops.mean(-keras.ops.sum(targets * log_probabilities, axis=-1))
        optimizer.apply(tape.gradient(loss, variables), variables)

    return step


def set_seeds(network):
    """Let each dropout draw what it drew in the run: their seeds stand in the order of layers."""
    states = [v for v in network.variables if v.name == "seed_generator_state"]
    for state, seed in zip(states, DATA["seeds"], strict=True):
        state.assign(seed)


def judged(network, forward, optimizer, variables, rows):
    """Return the logits and the weights of the averaged network, which then learns on."""
    raw = [variable.numpy() for variable in variables]
    if AVERAGING:
        optimizer.finalize_variable_values(variables)
    found = outputs(forward, rows), network.get_weights()
    for variable, value in zip(variables, raw, strict=True):
        variable.assign(value)
    return found


def training_order(rows, epoch):
    """Return an epoch's random order, in which the texts of a batch have similar lengths."""
    lengths = np.array([len(row) for row in rows])
    order = np.random.default_rng((SEED, epoch)).permutation(len(rows))
    pools = [order[i : i + 32 * BATCH_SIZE] for i in range(0, len(order), 32 * BATCH_SIZE)]
    joined = np.concatenate([pool[np.argsort(lengths[pool], kind="stable")] for pool in pools])
    num_whole = len(order) // BATCH_SIZE * BATCH_SIZE
    if not num_whole:
        return order
    batches = joined[:num_whole].reshape(-1, BATCH_SIZE)
    shuffled = np.random.default_rng((SEED, epoch, 1)).permutation(batches)
    return np.concatenate([shuffled.ravel(), joined[num_whole:]])


def fine_tune(network, train, validation):
    """Train all weights in small steps and leave those of the best epoch in the network."""
    (rows, labels), (unseen, unseen_labels) = train, validation
    variables = network.trainable_variables
    optimizer = build_optimizer(variables, EPOCHS * -(-len(labels) // BATCH_SIZE))
    step = training_step(network, optimizer, variables)
    forward = compiled(network)
    set_seeds(network)
    best_loss = calibrated_loss(outputs(forward, unseen), unseen_labels)
    best, losses = network.get_weights(), []
    for epoch in range(2, EPOCHS + 2):  # the first one was the last layer's
        order = training_order(rows, epoch)
        for start in range(0, len(order), BATCH_SIZE):
            chosen = order[start : start + BATCH_SIZE]
            step(padded([rows[i] for i in chosen], network.input), labels[chosen])
        logits, weights = judged(network, forward, optimizer, variables, unseen)
        losses.append(calibrated_loss(logits, unseen_labels))
        print(f"epoch {epoch}: validation accuracy {accuracy(logits, unseen_labels):.4f}")
        if losses[-1] < best_loss:
            best_loss, best = losses[-1], weights
        if len(losses) - 1 - int(np.argmin(losses)) >= PATIENCE:
            break
    network.set_weights(best)


# </fine-tuning>
def main():
    """Train, judge and save."""
    backbone = keras.saving.load_model(HERE.with_suffix(".keras"), compile=False)
    splits = {name: read_split(name) for name in ("train", "validation", "test")}
    extract = compiled(backbone)
    features = {name: (outputs(extract, x), labels) for name, (x, labels) in splits.items()}
    pooled, head = backbone.output, keras.layers.Dense(len(CLASSES), name="head")
    # <fine-tuning>
    pooled = keras.layers.Dropout(DROPOUT, name="head_dropout")(pooled)
    # </fine-tuning>
    network = keras.Model(backbone.input, head(pooled))
    head.set_weights(solve_head(features["train"], features["validation"]))
    # <fine-tuning>
    fine_tune(network, splits["train"], splits["validation"])
    # </fine-tuning>
    forward = compiled(network)
    for name in ("validation", "test"):
        rows, labels = splits[name]
        found = accuracy(outputs(forward, rows), labels)
        print(f"{name} accuracy: {found:.4f} (tlgui: {DATA['accuracy'][name]:.4f})")
    network.save(HERE.with_suffix(".trained.keras"))


if __name__ == "__main__":
    main()
