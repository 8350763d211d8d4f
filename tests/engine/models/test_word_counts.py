"""The plain method for texts, and its way through a checkpoint."""

import numpy as np
import pytest
from safetensors.numpy import load
from sklearn.feature_extraction.text import TfidfVectorizer

from tlgui.engine.models import word_counts
from tlgui.engine.models.checkpoints import tensor_bytes
from tlgui.engine.models.linear_head import BIAS, KERNEL, Head
from tlgui.engine.models.word_counts import WordCounts, classifier

TEXTS = (
    "Free CASH prize!!! call now",
    "the cat ate the fish",
    "café, 5 € and a naïve façade",
    "学校 went home",
    "!",
)


def stored(tensors):
    """Return the tensors as a checkpoint gives them back."""
    return load(tensor_bytes(tensors))


def test_counts_are_the_textbook_ones():
    vectorizer = TfidfVectorizer(
        token_pattern=r"(?u)\w+|[^\w\s]", ngram_range=(1, 2), sublinear_tf=True
    )
    spaced = [text for text in TEXTS if text.isascii()]
    expected = vectorizer.fit_transform(spaced).toarray()

    found = WordCounts.fitted(spaced).features(spaced).toarray()

    np.testing.assert_allclose(found, expected, atol=1e-6)


def test_counts_come_back_from_a_checkpoint():
    counts = WordCounts.fitted(TEXTS)

    again = WordCounts.from_tensors(stored(counts.tensors()))

    assert again.weights() == pytest.approx(counts.weights())
    difference = again.features(TEXTS) - counts.features(TEXTS)
    assert abs(difference).max() < 1e-6


def test_text_without_any_known_word_is_answered_by_the_bias():
    counts = WordCounts.fitted(TEXTS)
    num_terms = len(counts.weights())
    kernel = np.ones((num_terms, 2), np.float32)
    bias = np.array([0.0, np.log(3)], np.float32)

    answer = classifier(stored({**counts.tensors(), KERNEL: kernel, BIAS: bias}))

    np.testing.assert_allclose(answer(["zzz qqq"]), [[0.25, 0.75]], rtol=1e-6)


@pytest.mark.parametrize("text", ["!", "¿", "学", "😀", "a"])
def test_text_of_one_sign_has_something_to_count(text):
    assert WordCounts.fitted([text]).weights().keys() == {text}


def test_scripts_without_blanks_have_words_too():
    texts = ["我喜欢吃苹果", "他不吃香蕉", "ฉันกินข้าว", "りんごを食べる", "don't use café99"]
    terms = WordCounts.fitted(texts).weights()
    assert {"吃", "苹 果", "香 蕉", "ข", "り ん", "食", "don", "café99"} <= terms.keys()


def test_stored_head_gives_the_same_answers_in_whatever_order_its_array_lies():
    counts = WordCounts.fitted(TEXTS)
    kernel = np.random.default_rng(0).normal(size=(3, len(counts.weights())))
    kernel = kernel.T.astype(np.float32)  # as the solver leaves it: columns lie together
    assert not kernel.flags["C_CONTIGUOUS"]
    bias = np.zeros(3, np.float32)
    own = Head(kernel=kernel, bias=bias).probabilities(counts.features(TEXTS))

    answer = classifier(stored({**counts.tensors(), KERNEL: kernel, BIAS: bias}))

    np.testing.assert_allclose(answer(TEXTS), own, atol=1e-6)


def test_only_the_most_frequent_terms_are_kept(monkeypatch):
    monkeypatch.setattr(word_counts, "MAX_TERMS", 1)

    assert WordCounts.fitted(["cat", "cat fish", "dog"]).weights().keys() == {"cat"}
