"""Answers with the model of a bundle; started alone, it needs nothing of tlgui.

It runs the bundle's own ``predict.py``, as a receiver would, or one from another folder. Questions
come in on standard input, each as a line of JSON: ``{"texts": [...]}``, ``{"files": [...]}``, or
``{"pictures": [[height, width], ...]}``, which the pixels follow, shape (height, width, 3) each.
A line of JSON answers each: its ``probabilities``, the ``strangeness`` of the samples where the
model tells it, and the ``seconds`` that both took.
"""

import json
import os
import runpy
import sys
import time
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np


def main(argv: list[str]) -> int:
    """Answer for the bundle ``argv[0]``, with scripts of ``argv[1]``, until the input ends."""
    bundle = Path(argv[0])
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # what TensorFlow prints is no answer
    classifier = _classifier(bundle, Path(argv[1]) if len(argv) > 1 else bundle)
    has_answered = False
    while question := sys.stdin.buffer.readline():
        items = _items(json.loads(question), classifier, sys.stdin.buffer)
        if not has_answered:
            classifier.answers(items)  # the first answer compiles, which is no speed
            has_answered = True
        start_s = time.perf_counter()
        said = classifier.answers(items)
        seconds = time.perf_counter() - start_s
        answer = {
            "probabilities": [[float(p) for p in row] for row in said["probabilities"]],
            "seconds": seconds,
        }
        if "strangeness" in said:
            answer["strangeness"] = [float(s) for s in said["strangeness"]]
        answers.write(json.dumps(answer) + "\n")
        answers.flush()
    return 0


def _classifier(bundle: Path, scripts: Path) -> Any:
    sys.dont_write_bytecode = True  # a bundle holds what its certificate names
    sys.path.insert(0, str(scripts))
    return runpy.run_path(str(scripts / "predict.py"))["Classifier"](bundle)


def _items(question: dict[str, Any], classifier: Any, stream: BinaryIO) -> list[Any]:
    if "texts" in question:
        return list(question["texts"])
    if "files" in question:
        return [classifier.read(file) for file in question["files"]]
    return [_picture(stream, height, width) for height, width in question["pictures"]]


def _picture(stream: BinaryIO, height: int, width: int) -> Any:
    data = stream.read(height * width * 3)
    return np.frombuffer(data, np.uint8).reshape(height, width, 3)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
