"""Answers with an exported model; started alone, it needs nothing of tlgui.

For a model of pictures (``model.keras``) it reads pictures from standard input, each as a line
with height and width and then its bytes of shape (height, width, 3), and prints one JSON list of
probabilities for each. A bundle of texts brings a script of its own (``predict.py``), which is run
as its receiver would run it.
"""

import json
import os
import runpy
import sys

import numpy as np


def main(argv: list[str]) -> int:
    """Answer with the model file or the script ``argv[0]`` until the input ends."""
    if argv[0].endswith(".py"):
        sys.argv = [argv[0], "--lines"]
        runpy.run_path(argv[0], run_name="__main__")
    else:
        _answer_pictures(argv[0])
    return 0


def _answer_pictures(model_file: str) -> None:
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # what TensorFlow prints is no answer
    import keras

    model = keras.saving.load_model(model_file, compile=False)
    while header := sys.stdin.buffer.readline():
        height, width = map(int, header.split())
        data = sys.stdin.buffer.read(height * width * 3)
        pixels = np.frombuffer(data, np.uint8).reshape(1, height, width, 3)
        probabilities = np.asarray(model.predict_on_batch(pixels))[0]
        answers.write(json.dumps([float(p) for p in probabilities]) + "\n")
        answers.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
