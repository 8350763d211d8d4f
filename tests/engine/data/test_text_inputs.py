"""Every text is read, once, in batches that waste little."""

import numpy as np
import pytest

from tests.engine.tiny_text import write_tiny_text_preset
from tlgui.core.dataset import Dataset
from tlgui.core.events import ProblemFound
from tlgui.engine.channel import Channel, JobStopped
from tlgui.engine.data.scan import scan_folder
from tlgui.engine.data.text_inputs import RawTexts, TextInputs, TextReader, bucketed_order
from tlgui.engine.data.tokenizer import Tokenizer

LENGTHS = np.random.default_rng(5).geometric(0.05, size=1003)
BATCH_SIZE = 8


class CountingTokenizer(Tokenizer):
    """Writes down what it is asked."""

    def __init__(self, path, sequence_length):
        super().__init__(path, sequence_length)
        self.asked = []

    def _tokens(self, texts, enough):
        self.asked += texts
        return super()._tokens(texts, enough)


@pytest.fixture(scope="module")
def tokenizer_file(tmp_path_factory):
    folder = tmp_path_factory.mktemp("presets") / "tiny_text"
    write_tiny_text_preset(folder)
    return folder / "tokenizer.json"


@pytest.fixture
def dataset(texts) -> Dataset:
    return scan_folder(texts, Channel())


def batches_of(order, batch_size=BATCH_SIZE):
    return [order[start : start + batch_size] for start in range(0, len(order), batch_size)]


@pytest.mark.parametrize("num_samples", [1, 7, 8, 9, 255, 256, 257, 1003])
def test_no_text_of_an_epoch_is_lost_or_learned_twice(num_samples):
    order = bucketed_order(LENGTHS[:num_samples], BATCH_SIZE, 0, 1)

    assert sorted(order) == list(range(num_samples))


def test_texts_of_a_batch_have_similar_lengths():
    order = bucketed_order(LENGTHS, BATCH_SIZE, 0, 1)

    padded = sum(LENGTHS[b].max() * len(b) for b in batches_of(order))
    at_random = sum(LENGTHS[b].max() * len(b) for b in batches_of(np.arange(len(LENGTHS))))

    assert padded < 1.25 * LENGTHS.sum()
    assert at_random > 2 * LENGTHS.sum()


def test_order_is_the_same_for_a_resume_and_another_in_every_epoch():
    first = bucketed_order(LENGTHS, BATCH_SIZE, 3, 1)

    np.testing.assert_array_equal(first, bucketed_order(LENGTHS, BATCH_SIZE, 3, 1))
    assert (first != bucketed_order(LENGTHS, BATCH_SIZE, 3, 2)).any()
    assert (first != bucketed_order(LENGTHS, BATCH_SIZE, 4, 1)).any()


def test_batches_hold_other_texts_in_the_next_epoch_even_if_all_are_of_one_length():
    lengths = np.full(64, 12)

    together = [
        {frozenset(batch) for batch in batches_of(bucketed_order(lengths, BATCH_SIZE, 0, epoch))}
        for epoch in (1, 2)
    ]

    assert together[0] != together[1]


def test_long_texts_do_not_all_come_last():
    order = bucketed_order(np.arange(256), BATCH_SIZE, 0, 1)

    firsts = [batch[0] for batch in batches_of(order)]

    assert firsts != sorted(firsts)


@pytest.mark.parametrize("sequence_length", [8, 32])
def test_texts_are_tokenized_once_cut_or_not(dataset, tokenizer_file, sequence_length):
    tokenizer = CountingTokenizer(tokenizer_file, sequence_length)
    inputs = TextInputs(dataset, tokenizer, Channel())
    for epoch in (1, 2, 3):
        order = inputs.training_order(dataset.samples, BATCH_SIZE, 0, epoch)
        list(inputs.batches([dataset.samples[index] for index in order], BATCH_SIZE))

    assert len(tokenizer.asked) == len(set(tokenizer.asked)) == len(dataset.samples)


def test_batches_hold_the_texts_in_the_order_that_was_asked(dataset, tokenizer_file, texts):
    tokenizer = Tokenizer(tokenizer_file, 32)
    inputs = TextInputs(dataset, tokenizer, Channel())
    samples = [dataset.samples[index] for index in (30, 2, 17, 0, 41)]

    found = [
        batch.token_ids[row][batch.padding_mask[row]]
        for batch in inputs.batches(samples, 2)
        for row in range(len(batch.token_ids))
    ]

    expected = tokenizer.encode([(texts / sample.path).read_text() for sample in samples])
    for ids, own in zip(found, expected, strict=True):
        np.testing.assert_array_equal(ids, own)


def test_cheapest_order_pads_hardly_anything(dataset, tokenizer_file):
    inputs = TextInputs(dataset, Tokenizer(tokenizer_file, 32), Channel())
    order = inputs.cheapest_order(dataset.samples)

    lengths = [
        batch.padding_mask.sum() for batch in inputs.batches([dataset.samples[i] for i in order], 1)
    ]

    assert lengths == sorted(lengths)


def test_texts_that_are_cut_are_counted_and_one_is_named(dataset, tokenizer_file):
    heard = []
    inputs = TextInputs(dataset, Tokenizer(tokenizer_file, 12), Channel(None, [heard.append]))
    whole = Tokenizer(tokenizer_file, 0)
    texts = [next(RawTexts(dataset, Channel()).batches([s], 1))[0] for s in dataset.samples]

    list(inputs.batches(dataset.samples, BATCH_SIZE))

    [problem] = [event.problem for event in heard if isinstance(event, ProblemFound)]
    assert problem.code == "texts_cut"
    assert problem.count == sum(count > 12 for count in whole.count(texts))
    assert problem.name == "12"
    assert problem.path in {sample.path for sample in dataset.samples}


def test_texts_that_just_fit_are_not_reported_as_cut(dataset, tokenizer_file):
    texts = [next(RawTexts(dataset, Channel()).batches([s], 1))[0] for s in dataset.samples]
    longest = max(Tokenizer(tokenizer_file, 0).count(texts))
    heard = []
    inputs = TextInputs(dataset, Tokenizer(tokenizer_file, longest), Channel(None, [heard.append]))

    list(inputs.batches(dataset.samples, BATCH_SIZE))

    assert not any(isinstance(event, ProblemFound) for event in heard)


def test_wish_to_stop_is_heard_while_texts_are_tokenized(dataset, tokenizer_file):
    channel = Channel()
    channel.request = "pause"

    with pytest.raises(JobStopped):
        next(
            TextInputs(dataset, Tokenizer(tokenizer_file, 32), channel).batches(dataset.samples, 4)
        )


@pytest.mark.parametrize("kind", ["tokens", "raw"])
def test_rows_come_in_the_order_that_was_asked_and_are_read_in_their_own(
    tmp_path, tokenizer_file, kind
):
    rows = [f"{'ab'[n % 2]},the cat {'the dog ' * (9 - n)}" for n in range(9)]
    (tmp_path / "t.csv").write_text("\n".join(["label,text", *rows]))
    dataset = scan_folder(tmp_path / "t.csv", Channel())
    assert [s.label for s in dataset.samples] == [0] * 5 + [1] * 4
    if kind == "raw":
        order = RawTexts(dataset, Channel()).cheapest_order(dataset.samples)
        assert [dataset.samples[n].path for n in order] == [f"row {n}" for n in range(2, 11)]
        return
    tokenizer = CountingTokenizer(tokenizer_file, 0)
    inputs = TextInputs(dataset, tokenizer, Channel())
    batches = inputs.batches(dataset.samples, 1)
    lengths = [batch.padding_mask.sum() for batch in batches]
    assert lengths == [4 + 2 * n for n in (9, 7, 5, 3, 1, 8, 6, 4, 2)]
    assert [len(text) for text in tokenizer.asked] == sorted(map(len, tokenizer.asked))[::-1]


def test_raw_texts_come_as_they_are(dataset, texts):
    batches = list(RawTexts(dataset, Channel()).batches(dataset.samples[:5], 2))

    assert [len(batch) for batch in batches] == [2, 2, 1]
    assert batches[0][1] == (texts / dataset.samples[1].path).read_text()


def test_length_of_a_typed_text_and_of_its_unread_end(tokenizer_file):
    reader = TextReader(Tokenizer(tokenizer_file, 8))

    assert reader.num_tokens("the cat") == (4, 0)
    assert reader.num_tokens("the cat " * 5) == (12, 4)
    assert TextReader(None).num_tokens("the cat") == (0, 0)
