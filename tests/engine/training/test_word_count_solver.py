"""The plain method for texts, solved."""

import random

import numpy as np
import pytest

from tlgui.core.dataset import Sample
from tlgui.engine.channel import JobStopped
from tlgui.engine.models import word_counts
from tlgui.engine.models.word_counts import WordCounts, classifier
from tlgui.engine.training.word_count_solver import solve_word_counts

STRENGTHS = (1e-5, 1e-4, 1e-3)
KINDS = (("cat", "dog", "cow"), ("bank", "oil", "price"), ("car", "road", "ship"))
COMMON = ("the", "a", "of", "and")


class Texts:
    """``Inputs`` whose texts are in memory, by the paths of their samples."""

    def __init__(self, num_samples, kinds=KINDS):
        chance = random.Random(5)
        self.samples, self._texts = [], {}
        for number in range(num_samples):
            label = number * len(kinds) // num_samples  # sorted by class, as after a scan
            words = [*chance.choices(kinds[label], k=3), *chance.choices(COMMON, k=4)]
            chance.shuffle(words)
            self._texts[str(number)] = " ".join([*words, f"only{number}"])
            self.samples.append(Sample(path=str(number), label=label, digest=str(number)))

    def of(self, samples):
        return [self._texts[sample.path] for sample in samples]

    def batches(self, samples, batch_size):
        for start in range(0, len(samples), batch_size):
            yield tuple(self.of(samples[start : start + batch_size]))


def solved(texts, strengths=STRENGTHS, **told):
    train = [sample for number, sample in enumerate(texts.samples) if number % 3]
    return train, solve_word_counts(texts, train, texts.samples[::3], strengths, **told)


@pytest.mark.parametrize("num_kinds", [2, 3])
def test_texts_it_never_saw_are_told_apart_by_their_words(num_kinds):
    texts = Texts(90, KINDS[:num_kinds])
    _, found = solved(texts)

    answers = classifier(found.tensors)(texts.of(texts.samples[::3])).argmax(axis=1)

    labels = [sample.label for sample in texts.samples[::3]]
    assert found.validation.accuracy == np.mean(answers == labels)
    assert found.validation.accuracy > 0.9
    assert found.validation.loss < np.log(num_kinds) / 2
    assert found.train.accuracy > 0.9


def test_words_of_validation_texts_are_not_learned():
    texts = Texts(90)
    train, found = solved(texts)

    terms = WordCounts.from_tensors(found.tensors).weights()

    own = {term for term in terms if term.startswith("only") and " " not in term}
    assert own == {f"only{sample.path}" for sample in train}


def test_terms_of_very_many_texts_come_from_a_bounded_part_and_no_class_is_lost(monkeypatch):
    texts = Texts(900)
    train, whole = solved(texts)
    num_characters = sum(map(len, texts.of(train)))
    monkeypatch.setattr(word_counts, "MAX_CHARACTERS", num_characters // 10)

    _, found = solved(texts)

    terms = WordCounts.from_tensors(found.tensors).weights()
    own = [term for term in terms if term.startswith("only") and " " not in term]
    read = texts.of([train[int(number)] for number in range(len(train)) if number % 11 == 0])
    assert sum(map(len, read)) <= num_characters // 10
    assert {*own} == {text.split()[-1] for text in read}
    assert len(terms) < len(WordCounts.from_tensors(whole.tensors).weights()) / 3
    assert {word for kind in KINDS for word in kind} < terms.keys()
    assert found.tensors["head/kernel"].shape == (len(terms), 3)
    # the head has learned from all texts, those without a term of their own among them
    assert found.validation.accuracy > 0.9


def test_person_hears_of_every_strength_and_can_stop_between_them():
    told = []

    def stop(count):
        told.append(count)
        if count == 2:
            raise JobStopped

    solved(Texts(30), on_solved=told.append)
    assert told == [1, 2, 3]
    told.clear()
    with pytest.raises(JobStopped):
        solved(Texts(30), on_solved=stop)
    assert told == [1, 2]


def test_same_texts_give_the_same_head():
    _, first = solved(Texts(60))
    _, again = solved(Texts(60))

    for path, tensor in first.tensors.items():
        np.testing.assert_array_equal(again.tensors[path], tensor)
