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
from model_runtime import Model
from sklearn.feature_extraction.text import TfidfVectorizer

HERE = Path(__file__).parent


class Classifier:
    """The model with its vocabulary."""

    def __init__(self, folder=HERE):
        self.settings = json.loads((folder / "preprocessing.json").read_text("utf-8"))
        self.labels = json.loads((folder / "labels.json").read_text("utf-8"))
        terms = json.loads((folder / "vocabulary.json").read_text("utf-8"))
        self.vectorizer = TfidfVectorizer(
            vocabulary=list(terms),
            token_pattern=self.settings["token_pattern"],
            ngram_range=tuple(self.settings["ngram_range"]),
            sublinear_tf=True,
            dtype=np.float32,
        )
        self.vectorizer.idf_ = np.array(list(terms.values()), np.float32)
        self.model = Model(folder, self.settings)

    def read(self, path):
        """Return the text of a file in UTF-8."""
        return Path(path).read_bytes().decode("utf-8")

    def probabilities(self, texts):
        """Return shape (number of texts, number of labels)."""
        return self.answers(texts)["probabilities"]

    def answers(self, texts):
        """Return the same by name."""
        counts = self.vectorizer.transform([unicodedata.normalize("NFC", t) for t in texts])
        return self.model({"word_counts": counts.toarray()})


def main(texts):
    """Answer the texts of the command line."""
    if not texts:
        sys.exit(__doc__)
    classifier = Classifier()
    for text, row in zip(texts, classifier.probabilities(texts), strict=True):
        best = int(row.argmax())
        is_sure = row[best] >= classifier.settings["not_sure_below"]
        answer = classifier.labels[best] if is_sure else "not sure"
        sys.stdout.write(f"{answer}\t{row[best]:.3f}\t{text}\n")


if __name__ == "__main__":
    main(sys.argv[1:])
