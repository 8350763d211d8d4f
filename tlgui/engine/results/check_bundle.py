"""Answers pictures with an exported Keras model; started alone, it needs nothing of tlgui.

Reads pictures from standard input, each as a line with height and width and then its bytes of
shape (height, width, 3), and prints one JSON list of probabilities for each.
"""

import json
import os
import sys

import numpy as np


def main(argv: list[str]) -> int:
    """Load the model file ``argv[0]`` and answer until the input ends."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # what TensorFlow prints is no answer
    import keras

    model = keras.saving.load_model(argv[0], compile=False)
    while header := sys.stdin.buffer.readline():
        height, width = map(int, header.split())
        data = sys.stdin.buffer.read(height * width * 3)
        pixels = np.frombuffer(data, np.uint8).reshape(1, height, width, 3)
        probabilities = np.asarray(model.predict_on_batch(pixels))[0]
        answers.write(json.dumps([float(p) for p in probabilities]) + "\n")
        answers.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
