"""What there is to beat: it is there, it is fair, and a run never fails because of it."""

import pytest
from safetensors.numpy import load, load_file

from tlgui.core.events import Progressed
from tlgui.core.run_folder import RunFolder
from tlgui.engine.channel import Channel
from tlgui.engine.models import word_counts
from tlgui.engine.models.checkpoints import tensor_bytes
from tlgui.engine.models.classifiers import best_checkpoint
from tlgui.engine.models.linear_head import KERNEL
from tlgui.engine.results import reference
from tlgui.engine.results.evaluate import evaluate_run
from tlgui.engine.results.reference import fit_reference
from tlgui.engine.training.train import train


@pytest.fixture
def fitted(monkeypatch) -> list[int]:
    """Holds the number of training texts of every reference that was fitted meanwhile."""
    sizes: list[int] = []
    solve = reference.solve_word_counts

    def counted(inputs, known, *others):
        sizes.append(len(known))
        return solve(inputs, known, *others)

    monkeypatch.setattr(reference, "solve_word_counts", counted)
    return sizes


def train_and_pause_at(run, library, activity):
    """Train until something is being done."""

    def listener(event):
        if isinstance(event, Progressed) and event.activity == activity:
            channel.request = "pause"

    channel = Channel(run.path, [listener])
    train(run, library, channel, requested_s=0.0)


def plain_tensors(run: RunFolder) -> dict[str, bytes]:
    tensors = load_file(run.reference)
    return {path: tensor.tobytes() for path, tensor in tensors.items()}


def test_result_of_a_run_says_what_there_was_to_beat(letter_run, tiny_library):
    run = letter_run()
    found = run.read_evaluation().reference

    assert run.reference.exists()
    assert found.name == "tfidf_linear"
    assert found.accuracy.low <= found.accuracy.value <= found.accuracy.high
    assert "reference" in {e.activity for e in run.events() if isinstance(e, Progressed)}


def test_reference_is_what_the_plain_method_reaches_as_a_run_of_its_own(letter_run):
    run, plain = letter_run(), letter_run("tfidf_linear")
    found, own = run.read_evaluation().reference, plain.read_evaluation()
    own_tensors = best_checkpoint(plain).tensors

    assert run.read_dataset().samples == plain.read_dataset().samples
    assert (found.accuracy, found.macro_f1) == (own.accuracy, own.macro_f1)
    assert plain_tensors(run) == {path: own_tensors[path].tobytes() for path in own_tensors}


def test_reference_judges_other_texts_as_the_plain_method_does(own_letter_run, tiny_library):
    run = own_letter_run
    dataset = run.read_dataset()
    function = word_counts.classifier(load(run.reference.read_bytes()))
    samples = dataset.of_split("train")[::2]
    [texts] = reference.RawTexts(dataset, Channel()).batches(samples, len(samples))
    right = function(texts).argmax(axis=1) == [sample.label for sample in samples]

    found = reference.judge_reference(run, dataset, samples, Channel())

    assert found.accuracy.value == pytest.approx(right.mean())


@pytest.mark.parametrize(("activity", "num_fitted"), [("reference", 2), ("testing", 1)])
def test_pause_after_the_last_epoch_loses_no_reference_and_fits_none_twice(
    make_run, tiny_library, fitted, activity, num_fitted
):
    run = make_run(preset="tiny_vectors")

    train_and_pause_at(run, tiny_library, activity)
    assert run.status() == "paused"
    assert run.reference.exists() == (activity == "testing")
    train(run, tiny_library, Channel(run.path), requested_s=0.0)

    assert run.status() == "finished"
    assert run.read_evaluation().reference is not None
    assert fitted == [len(run.read_dataset().of_split("train"))] * num_fitted


def test_run_that_is_evaluated_again_keeps_its_reference(own_letter_run, tiny_library, fitted):
    before = own_letter_run.reference.read_bytes()

    fit_reference(own_letter_run, tiny_library, Channel())
    again = evaluate_run(own_letter_run, tiny_library, Channel())

    assert fitted == []
    assert own_letter_run.reference.read_bytes() == before
    assert again == own_letter_run.read_evaluation()


def test_plain_method_is_not_compared_with_itself(letter_run):
    run = letter_run("tfidf_linear")

    assert not run.reference.exists()
    assert run.read_evaluation().reference is None


def test_pictures_are_compared_with_nothing(finished_run):
    assert not finished_run.reference.exists()
    assert finished_run.read_evaluation().reference is None


@pytest.mark.parametrize("error", [ValueError("empty vocabulary"), MemoryError()])
def test_run_whose_reference_cannot_be_had_is_finished_without(
    make_run, tiny_library, monkeypatch, error
):
    def fail(*_):
        raise error

    monkeypatch.setattr(reference, "solve_word_counts", fail)
    run = make_run(preset="tiny_vectors")

    train(run, tiny_library, Channel(run.path), requested_s=0.0)

    assert run.status() == "finished"
    assert not run.reference.exists()
    assert run.read_evaluation().reference is None


def cut(content):
    return content[: len(content) // 2]


def without_its_words(content):
    tensors = load(content)
    del tensors[word_counts.VOCABULARY]
    return tensor_bytes(tensors)


def with_a_word_less(content):
    tensors = load(content)
    return tensor_bytes({**tensors, word_counts.IDF: tensors[word_counts.IDF][1:]})


def with_words_that_are_no_text(content):
    tensors = load(content)
    tensors[word_counts.VOCABULARY] = tensors[word_counts.VOCABULARY] | 0x80
    return tensor_bytes(tensors)


def of_another_run(content):
    tensors = load(content)
    return tensor_bytes({**tensors, KERNEL: tensors[KERNEL][1:]})


@pytest.mark.parametrize(
    "damaged",
    [
        of_another_run,
        lambda _: b"",
        lambda _: b"no tensors at all",
        cut,
        without_its_words,
        with_a_word_less,
        with_words_that_are_no_text,
    ],
)
def test_damaged_reference_does_not_keep_a_run_from_being_judged(
    own_letter_run, tiny_library, damaged
):
    before = own_letter_run.read_evaluation()
    own_letter_run.reference.write_bytes(damaged(own_letter_run.reference.read_bytes()))

    after = evaluate_run(own_letter_run, tiny_library, Channel())

    assert after.reference is None
    assert after.accuracy == before.accuracy


def test_of_very_many_texts_the_reference_learns_from_some_of_every_class(
    own_letter_run, tiny_library, fitted, monkeypatch
):
    monkeypatch.setattr(reference, "MAX_SAMPLES", 6)
    own_letter_run.reference.unlink()

    fit_reference(own_letter_run, tiny_library, Channel())

    classes = own_letter_run.read_dataset().classes
    assert fitted == [6 + len(classes)]
    assert len(load_file(own_letter_run.reference)["head/bias"]) == len(classes)
