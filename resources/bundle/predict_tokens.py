"""Tells of which kind texts are, with the model beside this file. It does not need tlgui.

    pip install -r requirements.txt
    python predict.py "the first text" "another one"

prints one line per text.
"""

import json
import sys
import unicodedata
from pathlib import Path

import numpy as np
import tokenizers
from model_runtime import Model

HERE = Path(__file__).parent


class Classifier:
    """The model with its tokenizer."""

    def __init__(self, folder=HERE):
        self.settings = json.loads((folder / "preprocessing.json").read_text("utf-8"))
        self.labels = json.loads((folder / "labels.json").read_text("utf-8"))
        self.unknown_id = self.settings["left_out_id"]  # words without a vector; null: all count
        self.tokenizer = tokenizers.Tokenizer.from_file(str(folder / "tokenizer.json"))
        if self.settings["sequence_length"] and self.unknown_id is None:
            self.tokenizer.enable_truncation(self.settings["sequence_length"])
        self.model = Model(folder, self.settings)

    def read(self, path):
        """Return the text of a file in UTF-8."""
        return Path(path).read_bytes().decode("utf-8")

    def probabilities(self, texts):
        """Return shape (number of texts, number of labels)."""
        return self.answers(texts)["probabilities"]

    def answers(self, texts):
        """Return "probabilities", shape (number of texts, number of labels).

        Where preprocessing.json says that the model flags_unfamiliar, there is "strangeness" too,
        shape (number of texts,): above 1 something is unlike all that it was trained on.
        """
        rows = [self.token_ids(unicodedata.normalize("NFC", text)) for text in texts]
        length = self.settings["fixed_length"] or max(map(len, rows))
        token_ids = np.zeros((len(rows), length), np.int32)
        padding_mask = np.zeros((len(rows), length), np.int32)
        for number, row in enumerate(rows):
            token_ids[number, : len(row)] = row
            padding_mask[number, : len(row)] = 1
        segment_ids = np.zeros_like(token_ids)
        inputs = {"token_ids": token_ids, "padding_mask": padding_mask, "segment_ids": segment_ids}
        return self.model(inputs)

    def token_ids(self, text):
        """Return the ids of the tokens that the model reads, at least one."""
        text = text.encode("utf-8", "replace").decode()  # half a character cannot be written
        ids = self.tokenizer.encode(text).ids
        if self.unknown_id is None:
            return ids
        known = [i for i in ids if i != self.unknown_id]
        return known[: self.settings["sequence_length"] or None] or [self.unknown_id]


def main(texts):
    """Answer the texts of the command line."""
    if not texts:
        sys.exit(__doc__)
    classifier = Classifier()
    said = classifier.answers(texts)
    strangeness = said.get("strangeness", np.zeros(len(texts)))
    for text, row, strange in zip(texts, said["probabilities"], strangeness, strict=True):
        best = int(row.argmax())
        is_sure = row[best] >= classifier.settings["not_sure_below"]
        answer = classifier.labels[best] if is_sure else "not sure"
        remark = "\tunlike anything it was trained on" if strange > 1 else ""
        sys.stdout.write(f"{answer}\t{row[best]:.3f}\t{text}{remark}\n")


if __name__ == "__main__":
    main(sys.argv[1:])
