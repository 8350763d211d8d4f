"""A model that answers while a person types."""

import csv
import json
import threading

import numpy as np
import pytest

from tlgui.core.errors import TlguiError
from tlgui.core.events import AnswersReady, TextAnswered
from tlgui.engine.channel import Channel, JobStopped, follow_requests
from tlgui.engine.data.text_inputs import RawTexts
from tlgui.engine.models.classifiers import (
    best_checkpoint,
    open_network,
    open_reader,
    temperature_of,
)
from tlgui.engine.models.temperature import cooled
from tlgui.engine.results.answer import answer_texts


class Asking(Channel):
    """Asks the next lines whenever a question is waited for, and in the end has had enough."""

    def __init__(self, turns):
        self.heard = []
        super().__init__(None, [self.heard.append])
        self._turns = iter(turns)

    def next_question(self):
        lines = next(self._turns, None)
        if lines is None:
            self.request, lines = "stop", ("",)
        for line in lines:
            self.ask(line)
        return super().next_question()


def question(number, text):
    return json.dumps({"question": number, "text": text})


def answers(run, library, *turns):
    """Return the answers to some turns, each of which is one line or several that wait."""
    channel = Asking([(turn,) if isinstance(turn, str) else turn for turn in turns])
    with pytest.raises(JobStopped):
        answer_texts(run, library, channel)
    ready, *answered = channel.heard
    assert isinstance(ready, AnswersReady)
    assert ready.classes == run.read_dataset().classes
    assert all(isinstance(event, TextAnswered) for event in answered)
    return answered


def read_table(run):
    with (run.evaluation / "predictions.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_questions_are_answered_one_after_the_other(letter_run, tiny_library):
    run = letter_run("tfidf_linear")
    texts = ["the hungry cat", "oil price", "a ship on the river"]

    found = answers(run, tiny_library, *(question(n, text) for n, text in enumerate(texts, 7)))

    classes = run.read_dataset().classes
    assert [a.question for a in found] == [7, 8, 9]
    assert [classes[int(np.argmax(a.probabilities))] for a in found] == [
        "animals",
        "money",
        "travel",
    ]


def test_of_what_was_typed_meanwhile_only_the_last_is_answered(letter_run, tiny_library):
    waiting = [question(n, "the cat came home"[: 3 + n]) for n in range(2, 15)]

    found = answers(letter_run("tfidf_linear"), tiny_library, question(1, "a"), waiting)

    assert [a.question for a in found] == [1, 14]


@pytest.mark.parametrize(
    "junk",
    [
        "",
        "what is this?",
        "[]",
        "null",
        "{}",
        '{"question": 1}',
        '{"text": "the cat"}',
        '{"question": "one", "text": "the cat"}',
        '{"question": null, "text": "the cat"}',
        '{"question": 1, "text": null}',
        '{"question": 1e999, "text": "the cat"}',
        "[" * 100_000,
    ],
)
def test_line_that_is_no_question_costs_no_answer(letter_run, tiny_library, junk):
    found = answers(letter_run("tfidf_linear"), tiny_library, junk, question(2, "the cat"), junk)

    assert [a.question for a in found] == [2]


@pytest.mark.parametrize("text", ["", " \n", "\ud800 cat", "cafe\u0301 \r\n and 学校", "\0"])
@pytest.mark.parametrize("preset", ["tfidf_linear", "tiny_text"])
def test_whatever_is_typed_has_an_answer(letter_run, tiny_library, preset, text):
    [found] = answers(letter_run(preset), tiny_library, question(1, text))

    assert sum(found.probabilities) == pytest.approx(1, abs=1e-5)
    assert min(found.probabilities) >= 0


def test_text_of_words_without_a_vector_is_not_answered_by_a_guess(letter_run, tiny_library):
    run = letter_run("tiny_vectors")
    odd, known = answers(run, tiny_library, question(1, "学校 \0 \ud800"), question(2, "the cat"))

    assert odd.probabilities == ()
    assert sum(known.probabilities) == pytest.approx(1, abs=1e-5)


@pytest.mark.parametrize(
    ("text", "num_tokens", "num_cut"),
    [
        ("the happy cat", 5, 0),  # with the signs at both ends
        ("cat " * 30, 32, 0),
        ("cat " * 37, 39, 7),
    ],
)
def test_person_sees_how_much_of_the_text_the_model_reads(
    letter_run, tiny_library, text, num_tokens, num_cut
):
    run = letter_run("tiny_text")
    assert run.read_plan().sequence_length == 32

    [found] = answers(run, tiny_library, question(1, text))

    assert (found.num_tokens, found.num_cut) == (num_tokens, num_cut)


def test_method_without_tokens_counts_and_cuts_none(letter_run, tiny_library):
    [found] = answers(letter_run("tfidf_linear"), tiny_library, question(1, "cat " * 9000))

    assert (found.num_tokens, found.num_cut) == (0, 0)


@pytest.mark.parametrize("preset", ["tfidf_linear", "tiny_text", "tiny_vectors"])
def test_typed_text_gets_the_answer_that_the_same_text_gets_in_a_table(
    letter_run, tiny_library, preset
):
    run = letter_run(preset)
    dataset = run.read_dataset()
    samples = dataset.of_split("test")[:4]
    [texts] = RawTexts(dataset, Channel()).batches(samples, 4)
    rows = read_table(run)[:4]

    found = answers(run, tiny_library, *(question(n, text) for n, text in enumerate(texts)))

    expected = [[float(row[f"p:{name}"]) for name in dataset.classes] for row in rows]
    assert [sample.path for sample in samples] == [row["file"] for row in rows]
    np.testing.assert_allclose([a.probabilities for a in found], expected, atol=1e-4)


def test_fine_tuned_model_answers_with_its_own_weights(fine_tuned_letter_run, tiny_library):
    run, texts = fine_tuned_letter_run, ("the happy cat", "oil price")
    plan, preset = run.read_plan(), tiny_library.catalog["tiny_text"]
    best = best_checkpoint(run)
    own = open_network(plan, tiny_library, best.tensors)
    temperature = temperature_of(run, best.position.epoch)
    reader = open_reader(plan, preset, tiny_library.folder("tiny_text"))

    found = answers(run, tiny_library, *(question(n, text) for n, text in enumerate(texts)))

    expected = [
        cooled(own.probabilities(own.lower(reader.collate([text]))), temperature)[0]
        for text in texts
    ]
    assert temperature != 1
    np.testing.assert_allclose([a.probabilities for a in found], expected, atol=1e-6)


def test_questions_come_in_as_requests_until_the_window_is_gone(letter_run, tiny_library):
    answered = threading.Event()

    def stream():
        yield f"ask {question(5, 'the cat')}\n"
        assert answered.wait(30)
        # and then nothing more, as when the window was closed

    heard = []
    listener = lambda e: isinstance(e, TextAnswered) and answered.set()  # noqa: E731
    channel = Channel(None, [heard.append, listener])
    follow_requests(channel, stream())

    with pytest.raises(JobStopped):
        answer_texts(letter_run("tfidf_linear"), tiny_library, channel)

    assert [e.question for e in heard if isinstance(e, TextAnswered)] == [5]
    assert channel.request == "pause"


def test_model_of_pictures_is_asked_no_texts(finished_run, tiny_library):
    with pytest.raises(TlguiError, match="path_not_usable") as error:
        answer_texts(finished_run, tiny_library, Channel())

    assert "pictures" in str(error.value.detail["reason"])


def test_run_without_a_result_says_so_instead_of_waiting(make_run, tiny_library):
    with pytest.raises(TlguiError, match="no_result_yet"):
        answer_texts(make_run(preset="tfidf_linear"), tiny_library, Channel())
