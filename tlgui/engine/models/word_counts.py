"""Texts as weighed counts of their words: the plain method that a pretrained model must beat."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, Self

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from sklearn.feature_extraction.text import TfidfVectorizer

from tlgui.engine.models.linear_head import BIAS, KERNEL, Head

FAMILY: Final = "tfidf"
VOCABULARY: Final = "word_counts/vocabulary"
IDF: Final = "word_counts/idf"
MAX_TERMS: Final = 50_000
# that terms are chosen from: each pair of words is held in memory
MAX_CHARACTERS: Final = 20_000_000
# Thai, Lao, Burmese, Khmer, kana and Han: they put no blanks between words, so that each
# character counts, and each pair of neighbors
_UNSPACED: Final = (
    r"\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff"
    r"\uf900-\ufaff\U00020000-\U0003ffff"
)
TOKEN_PATTERN: Final = rf"[{_UNSPACED}]|[^\W{_UNSPACED}]+|[^\w\s]"
NGRAM_RANGE: Final = (1, 2)
_SEPARATOR: Final = "\n"  # occurs in no term


class WordCounts:
    """Words and pairs of words, counted and weighed by how few texts have them (TF-IDF).

    Source:
        Salton and Buckley 1988, "Term-weighting approaches in automatic text retrieval", with
        1 + log of the count; scikit-learn's smoothed idf and rows of length 1.
    """

    def __init__(self, vectorizer: TfidfVectorizer) -> None:
        self._vectorizer = vectorizer

    @classmethod
    def fitted(cls, texts: Sequence[str]) -> Self:
        """Return the counts of the most frequent terms of some texts.

        Of more than ``MAX_CHARACTERS`` every second text tells the terms, or every third, …
        """
        stride = 1 + sum(map(len, texts)) // MAX_CHARACTERS
        return cls(_vectorizer(max_features=MAX_TERMS).fit(texts[::stride]))

    @classmethod
    def from_tensors(cls, tensors: Mapping[str, NDArray[Any]]) -> Self:
        """Return the counts that ``tensors`` stored."""
        terms = tensors[VOCABULARY].tobytes().decode().split(_SEPARATOR)
        vectorizer = _vectorizer(vocabulary=terms)
        vectorizer.idf_ = tensors[IDF]
        return cls(vectorizer)

    def tensors(self) -> dict[str, NDArray[Any]]:
        """Return what ``from_tensors`` needs, fit for a checkpoint."""
        terms = _SEPARATOR.join(self._vectorizer.get_feature_names_out())
        return {
            VOCABULARY: np.frombuffer(terms.encode(), np.uint8),
            IDF: self._vectorizer.idf_.astype(np.float32),
        }

    def weights(self) -> dict[str, float]:
        """Return every term with its inverse document frequency, in the order of the features."""
        terms, idf = self._vectorizer.get_feature_names_out(), self._vectorizer.idf_
        return {str(term): float(weight) for term, weight in zip(terms, idf, strict=True)}

    def features(self, texts: Sequence[str]) -> csr_array:
        """Return shape (num_texts, num_terms), rows of length 1 or 0."""
        return csr_array(self._vectorizer.transform(texts))


def classifier(tensors: Mapping[str, NDArray[Any]]) -> Callable[[Any], NDArray[np.float32]]:
    """Return the function from texts to probabilities that a checkpoint stored."""
    counts = WordCounts.from_tensors(tensors)
    head = Head(kernel=tensors[KERNEL], bias=tensors[BIAS])
    return lambda texts: head.probabilities(counts.features(texts))


def _vectorizer(**settings: Any) -> TfidfVectorizer:
    return TfidfVectorizer(
        token_pattern=TOKEN_PATTERN,
        ngram_range=NGRAM_RANGE,
        sublinear_tf=True,
        dtype=np.float32,
        **settings,
    )
