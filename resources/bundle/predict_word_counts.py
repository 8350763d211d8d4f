"""Tells of which kind texts are, with the model beside this file. It does not need tlgui.

    pip install keras tensorflow scikit-learn

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
from sklearn.feature_extraction.text import TfidfVectorizer

HERE = Path(__file__).parent


class TextClassifier:
    """The model with its vocabulary."""

    def __init__(self):
        settings = json.loads((HERE / "preprocessing.json").read_text("utf-8"))
        self.not_sure_below = settings["not_sure_below"]
        self.labels = json.loads((HERE / "labels.json").read_text("utf-8"))
        terms = json.loads((HERE / "vocabulary.json").read_text("utf-8"))
        self.vectorizer = TfidfVectorizer(
            vocabulary=list(terms),
            token_pattern=settings["token_pattern"],
            ngram_range=tuple(settings["ngram_range"]),
            sublinear_tf=True,
            dtype=np.float32,
        )
        self.vectorizer.idf_ = np.array(list(terms.values()), np.float32)
        self.model = keras.saving.load_model(HERE / "model.keras", compile=False)

    def probabilities(self, texts):
        """Return shape (number of texts, number of labels)."""
        counts = self.vectorizer.transform([unicodedata.normalize("NFC", t) for t in texts])
        return self.model.predict_on_batch(counts.toarray())


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
