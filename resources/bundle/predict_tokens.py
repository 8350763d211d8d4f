"""Tells of which kind texts are, with the model beside this file. It does not need tlgui.

    pip install keras tensorflow tokenizers keras-hub

    python predict.py "the first text" "another one"

prints one line per text. ``python predict.py --lines`` answers line by line: a JSON list of
texts comes in, a JSON list with the probabilities of each goes out.
"""

import json
import sys
import unicodedata
from pathlib import Path

import keras
import numpy as np
import tokenizers

HERE = Path(__file__).parent


class TextClassifier:
    """The model with its tokenizer."""

    def __init__(self):
        settings = json.loads((HERE / "preprocessing.json").read_text("utf-8"))
        self.not_sure_below = settings["not_sure_below"]
        self.labels = json.loads((HERE / "labels.json").read_text("utf-8"))
        self.sequence_length = settings["sequence_length"]
        self.unknown_id = settings["left_out_id"]  # words without a vector; null where all count
        self.tokenizer = tokenizers.Tokenizer.from_file(str(HERE / "tokenizer.json"))
        if self.sequence_length and self.unknown_id is None:
            self.tokenizer.enable_truncation(self.sequence_length)
        if settings["needs_keras_hub"]:
            import keras_hub  # noqa: F401 (its layers are in the model)
        self.model = keras.saving.load_model(HERE / "model.keras", compile=False)
        self.model.jit_compile = False  # XLA would compile anew for every length of the texts

    def probabilities(self, texts):
        """Return shape (number of texts, number of labels)."""
        rows = [self.token_ids(unicodedata.normalize("NFC", text)) for text in texts]
        length = max(map(len, rows))
        token_ids = np.zeros((len(rows), length), np.int32)
        padding_mask = np.zeros((len(rows), length), np.int32)
        for number, row in enumerate(rows):
            token_ids[number, : len(row)] = row
            padding_mask[number, : len(row)] = 1
        inputs = {
            "token_ids": token_ids,
            "padding_mask": padding_mask,
            "segment_ids": np.zeros_like(token_ids),
        }
        return self.model.predict_on_batch({name: inputs[name] for name in self.model.input})

    def token_ids(self, text):
        """Return the ids of the tokens that the model reads, at least one."""
        text = text.encode("utf-8", "replace").decode()  # half a character cannot be written
        ids = self.tokenizer.encode(text).ids
        if self.unknown_id is None:
            return ids
        known = [i for i in ids if i != self.unknown_id]
        return known[: self.sequence_length or None] or [self.unknown_id]


def main(arguments):
    """Answer the texts of the command line, or the lines of standard input."""
    if not arguments:
        sys.exit(__doc__)
    classifier = TextClassifier()
    if arguments != ["--lines"]:
        for text, row in zip(arguments, classifier.probabilities(arguments), strict=True):
            best = int(row.argmax())
            is_sure = row[best] >= classifier.not_sure_below
            answer = classifier.labels[best] if is_sure else "not sure"
            sys.stdout.write(f"{answer}\t{row[best]:.3f}\t{text}\n")
        return
    for line in sys.stdin:
        rows = classifier.probabilities(json.loads(line))
        sys.stdout.write(json.dumps([[float(p) for p in row] for row in rows]) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1:])
