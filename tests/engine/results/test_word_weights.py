"""What words add: exact for linear models, and only what is true for others."""

import numpy as np
import pytest

from tlgui.engine.data.tokenizer import Tokenizer
from tlgui.engine.models.classifiers import best_checkpoint
from tlgui.engine.models.linear_head import KERNEL
from tlgui.engine.models.preset_tokenizer import load_tokenizer
from tlgui.engine.results.explained_model import open_explained
from tlgui.engine.results.word_weights import (
    MAX_PIECES,
    direction,
    score_of,
    score_of_nothing,
    weights_by_occlusion,
    weights_of_counts,
    weights_of_mean,
    word_scorer,
)

TEXT = "The hungry CAT, in the big city; came home to eat! İstanbul ΟΔΟΣ the cat"


def _opened(run, library):
    return open_explained(run.read_plan(), library, best_checkpoint(run).tensors)


def _tick(done, total):
    assert 0 < done <= total


@pytest.mark.parametrize(("target", "against"), [(0, None), (2, None), (1, 0)])
def test_score_is_blind_to_what_all_logits_share(target, against):
    logits = np.array([[0.5, -1.0, 2.0], [3.0, 3.0, 3.0]])
    counts = direction(3, target, against)
    rows = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)

    assert counts.sum() == pytest.approx(0)
    np.testing.assert_allclose(score_of(rows, counts), logits @ counts, atol=1e-6)


@pytest.mark.parametrize(("target", "against"), [(0, None), (1, 2)])
def test_counted_words_add_up_to_the_score_exactly(letter_run, tiny_library, target, against):
    model = _opened(letter_run("tfidf_linear"), tiny_library)
    counts = direction(3, target, against)

    words = weights_of_counts(TEXT, model.tensors, counts)

    nothing = score_of_nothing(model.tensors, counts)
    [score] = score_of(model.classify([TEXT]), counts)
    assert nothing + sum(w.weight for w in words) == pytest.approx(score, abs=1e-5)
    assert {TEXT[w.start : w.end] for w in words} >= {"hungry", "CAT", "city", "cat"}


def test_counted_word_of_the_class_speaks_for_it(letter_run, tiny_library):
    run = letter_run("tfidf_linear")
    classes = run.read_dataset().classes
    model = _opened(run, tiny_library)

    words = weights_of_counts("the cat", model.tensors, direction(3, classes.index("animals")))

    assert max(words, key=lambda w: w.weight).start == len("the ")


@pytest.mark.parametrize("target", [0, 2])
def test_word_vectors_add_up_to_the_score_exactly(letter_run, tiny_library, target):
    model = _opened(letter_run("tiny_vectors"), tiny_library)
    tokenizer = load_tokenizer(tiny_library.folder("tiny_vectors"), 0)
    counts = direction(3, target)
    text = "the cat, the strange dog in a city!"
    found = tokenizer.words(text)
    nothing = score_of_nothing(model.tensors, counts)

    words = weights_of_mean(found, word_scorer(model.classify, tokenizer, counts, _tick), nothing)

    [score] = score_of(model.classify(tokenizer.pad(tokenizer.encode([text]))), counts)
    assert nothing + sum(w.weight for w in words) == pytest.approx(score, abs=1e-5)
    assert [text[w.start : w.end] for w in words if text[w.start].isalpha()] == [
        *("the", "cat", "the", "dog", "in", "a", "city"),
    ]


def _linear_model(tokenizer, favorite):
    """A model that counts one word."""

    def classify(batch):
        number = (batch.token_ids == favorite).sum(axis=1)
        logits = np.stack([number, np.zeros(len(number))], axis=1)
        return (np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)).astype(np.float32)

    return classify


@pytest.fixture
def tokenizer(tiny_library) -> Tokenizer:
    return Tokenizer(tiny_library.folder("tiny_text") / "tokenizer.json", 0)


def test_left_out_word_counts_for_what_it_changes(tokenizer):
    text = "a cat and a dog, and the cat"
    [ids] = tokenizer.encode(["cat"])
    scores = word_scorer(_linear_model(tokenizer, ids[1]), tokenizer, direction(2, 0, 1), _tick)

    words = weights_by_occlusion(tokenizer.words(text), scores)

    assert [text[w.start : w.end] for w in words] == [
        *("a", "cat", "and", "a", "dog", ",", "and", "the", "cat"),
    ]
    expected = [1.0 if text[w.start : w.end] == "cat" else 0.0 for w in words]
    np.testing.assert_allclose([w.weight for w in words], expected, atol=1e-6)


def test_long_text_costs_no_more_than_its_limit_of_passes(tokenizer):
    num_asked = []
    scores = lambda texts: num_asked.append(len(texts)) or np.zeros(len(texts))  # noqa: E731
    text = "cat " * 1000

    words = weights_by_occlusion(tokenizer.words(text), scores)

    assert num_asked[0] <= MAX_PIECES + 1
    assert (words[0].start, words[-1].end) == (0, len(text) - 1)


def test_text_of_one_word_has_a_weight(tokenizer):
    scores = word_scorer(_linear_model(tokenizer, 5), tokenizer, direction(2, 0, 1), _tick)

    assert len(weights_by_occlusion(tokenizer.words("cat"), scores)) == 1


def test_kernel_decides_the_sign(letter_run, tiny_library):
    model = _opened(letter_run("tfidf_linear"), tiny_library)
    flipped = {**model.tensors, KERNEL: -model.tensors[KERNEL]}
    counts = direction(3, 0)

    before = weights_of_counts("the cat", model.tensors, counts)
    after = weights_of_counts("the cat", flipped, counts)

    assert [w.weight for w in after] == [-w.weight for w in before]
