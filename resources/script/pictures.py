"""Trains a classifier of pictures: $what. It does not need tlgui.

    pip install $packages
    python THIS_FILE

Beside this file lie two of the same name: the one that ends in .json has the classes and the
pictures of each split, the one that ends in .keras is the pretrained network that turns a picture
into features.
"""

import json
import os
from pathlib import Path

os.environ.setdefault("KERAS_BACKEND", "tensorflow")

import keras
import numpy as np
import tensorflow as tf
from PIL import Image, ImageOps
from scipy.optimize import minimize_scalar
from scipy.special import log_softmax
from sklearn.linear_model import LogisticRegression

HERE = Path(__file__)
DATA = json.loads(HERE.with_suffix(".json").read_text("utf-8"))
FOLDER = Path(DATA["folder"])  # change it if your pictures lie elsewhere
CLASSES = DATA["classes"]

SIZE_PX = 224  # side of the square that the network takes
L2_STRENGTHS = (0.001, 0.003, 0.01, 0.03, 0.1, 0.3)  # candidates for the last layer
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


def read_picture(path):
    """Return a picture as whole levels of gray 0..255, shape (SIZE_PX, SIZE_PX, 3)."""
    image = Image.open(path)
    image.draft(None, (2 * SIZE_PX, 2 * SIZE_PX))  # a large JPEG is read at a reduced size
    image.load()
    upright = ImageOps.exif_transpose(image)
    if image.mode.startswith("I") or image.mode == "F":
        upright = eight_bits(upright)
    elif image.has_transparency_data:
        transparent = upright.convert("RGBA")
        upright = Image.new("RGB", transparent.size, "white")
        upright.paste(transparent, mask=transparent.getchannel("A"))
    pixels = np.empty((SIZE_PX, SIZE_PX, 3), np.float32)
    for number, band in enumerate(upright.convert("RGB").split()):
        resized = band.convert("F").resize((SIZE_PX, SIZE_PX), Image.Resampling.BILINEAR)
        pixels[..., number] = np.floor(np.asarray(resized) + 0.51)
    return pixels


def eight_bits(image):
    """Return gray values of more than 8 bits by the first usual range that holds them all."""
    values = np.asarray(image)
    numbers = np.nan_to_num(values.astype(np.float32), nan=0.0, posinf=0.0, neginf=0.0)
    tops = [1, 255, 4095, 65535] if values.dtype.kind == "f" else [255, 4095, 65535]
    if values.dtype == np.uint16:
        tops.remove(255)
    fitting = [top for top in tops if numbers.min() >= 0 and numbers.max() <= top]
    low, high = (0, fitting[0]) if fitting else (float(numbers.min()), float(numbers.max()))
    gray = np.rint((numbers - low) * (255 / ((high - low) or 1)))
    return Image.fromarray(gray.astype(np.uint8))


def read_split(name):
    """Return the pixels and the labels of one split."""
    pixels = np.stack([read_picture(FOLDER / path) for path, _ in DATA[name]])
    return pixels, np.array([label for _, label in DATA[name]])


def compiled(network):
    """Return a network as a function from a batch to what it gives."""
    return tf.function(lambda batch: network(batch, training=False), reduce_retracing=True)


def outputs(forward, pixels, batch_size=32):
    """Return what a network gives for pictures, batch by batch."""
    starts = range(0, len(pixels), batch_size)
    return np.concatenate([forward(pixels[i : i + batch_size]).numpy() for i in starts])


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

    @tf.function(reduce_retracing=True)
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


def judged(network, forward, optimizer, variables, pixels):
    """Return the logits and the weights of the averaged network, which then learns on."""
    raw = [variable.numpy() for variable in variables]
    if AVERAGING:
        optimizer.finalize_variable_values(variables)
    found = outputs(forward, pixels), network.get_weights()
    for variable, value in zip(variables, raw, strict=True):
        variable.assign(value)
    return found


def fine_tune(network, train, validation):
    """Train all weights in small steps and leave those of the best epoch in the network."""
    for layer in network.layers:  # statistics and scales stay as they were pretrained
        if isinstance(layer, keras.layers.BatchNormalization):
            layer.trainable = False
    (pixels, labels), (unseen, unseen_labels) = train, validation
    variables = network.trainable_variables
    optimizer = build_optimizer(variables, EPOCHS * -(-len(labels) // BATCH_SIZE))
    step = training_step(network, optimizer, variables)
    forward = compiled(network)
    set_seeds(network)
    best_loss = calibrated_loss(outputs(forward, unseen), unseen_labels)
    best, losses = network.get_weights(), []
    for epoch in range(2, EPOCHS + 2):  # the first one was the last layer's
        order = np.random.default_rng((SEED, epoch)).permutation(len(labels))
        for start in range(0, len(order), BATCH_SIZE):
            chosen = order[start : start + BATCH_SIZE]
            step(tf.constant(pixels[chosen]), tf.constant(labels[chosen]))
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
        pixels, labels = splits[name]
        found = accuracy(outputs(forward, pixels), labels)
        print(f"{name} accuracy: {found:.4f} (tlgui: {DATA['accuracy'][name]:.4f})")
    network.save(HERE.with_suffix(".trained.keras"))


if __name__ == "__main__":
    main()
