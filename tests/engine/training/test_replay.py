"""Older samples remind a model, and never of what it is judged by."""

import csv
import itertools
import shutil

import numpy as np
import pytest

from tlgui.core.errors import TlguiError
from tlgui.core.events import ProblemFound, Progressed, RunStarted, StepEnded
from tlgui.core.planning import make_plan
from tlgui.core.run_folder import create_run
from tlgui.engine.channel import Channel
from tlgui.engine.data.scan import scan_folder
from tlgui.engine.data.split import assign_splits
from tlgui.engine.data.tables import TableColumns
from tlgui.engine.models.classifiers import open_inputs
from tlgui.engine.training.replay import REPLAY, open_replay
from tlgui.engine.training.train import train

TUNED = {"strategy": "head_then_all", "batch_size": "8", "epochs": "1", "seed": "1"}
PARTS = ("train", "train", "validation", "test")


@pytest.fixture
def dealt_run(make_run, shared_texts):
    """Return a function that gives a run whose samples are dealt."""

    def make(source=shared_texts, preset="tiny_vectors", **settings):
        run = make_run(source=source, preset=preset, **TUNED, **settings)
        return dealt(run)

    return make


def dealt(run):
    plan = run.read_plan()
    run.write_dataset(assign_splits(run.read_dataset(), plan.split, plan.seed))
    return run


def replay_of(folder, run, library, channel=None):
    def inputs_of(dataset, told):
        return open_inputs(dataset, run.read_plan(), library, told)

    return open_replay(str(folder), run, channel or Channel(), inputs_of)


def asking_channel(run, wish, kind, activity=""):
    """Return a channel on which a wish comes once, at the first event of a kind."""
    wishes = iter([wish])

    def listener(event):
        if isinstance(event, kind) and getattr(event, "activity", "") in (activity, ""):
            channel.request = next(wishes, channel.request)

    channel = Channel(run.path, [listener], ticks=itertools.count().__next__)
    return channel


def problems(events):
    return [event.problem for event in events if isinstance(event, ProblemFound)]


def digests(dataset, *splits):
    return {sample.digest for sample in dataset.samples if sample.split in splits}


def other_texts(folder, kinds=("animals", "money", "travel"), num_texts=4):
    for kind in kinds:
        (folder / kind).mkdir(parents=True, exist_ok=True)
        for number in range(num_texts):
            text = f"the {kind} of year {number} was a dog and {'a ship ' * number}"
            (folder / kind / f"{number}.txt").write_text(text)
    return folder


def test_samples_that_judge_a_run_are_never_learned_from(
    dealt_run, tiny_library, shared_texts, heard
):
    run = dealt_run()
    replay = replay_of(shared_texts, run, tiny_library, Channel(None, [heard.append]))
    own = run.read_dataset()

    assert digests(replay.dataset, None) == digests(own, "train")
    num_judged = len(own.of_split("validation")) + len(own.of_split("test"))
    assert [(p.code, p.count) for p in problems(heard)] == [("replay_left_out", num_judged)]


def test_what_older_answers_were_judged_by_is_not_learned_from_either(
    dealt_run, tiny_library, tmp_path, heard
):
    other_texts(tmp_path / "plain")
    for file in (tmp_path / "plain").rglob("*.txt"):
        part = tmp_path / "old" / PARTS[int(file.stem)] / file.parent.name
        part.mkdir(parents=True, exist_ok=True)
        shutil.copy(file, part)

    channel = Channel(None, [heard.append])
    replay = replay_of(tmp_path / "old", dealt_run(), tiny_library, channel)

    assert {sample.path.split("/")[0] for sample in replay.dataset.samples} == {"train"}
    assert len(replay.dataset.samples) == 6
    assert [(p.code, p.count) for p in problems(heard)] == [("replay_left_out", 6)]


def test_folder_of_nothing_but_judging_samples_is_refused_in_words(
    dealt_run, tiny_library, tmp_path
):
    run = dealt_run()
    own = run.read_dataset()
    for sample in own.of_split("test"):
        to = tmp_path / "old" / sample.path
        to.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(f"{own.folder}/{sample.path}", to)

    with pytest.raises(TlguiError, match="path_not_usable") as error:
        replay_of(tmp_path / "old", run, tiny_library)

    assert "nothing is left" in error.value.detail["reason"]
    assert not (run.path / REPLAY).exists()


def test_folder_of_another_kind_of_sample_is_refused_before_the_first_step(
    dealt_run, tiny_library, shared_texts, shared_pictures
):
    run = dealt_run(shared_pictures, "tiny")

    with pytest.raises(TlguiError, match="path_not_usable") as error:
        replay_of(shared_texts, run, tiny_library)

    assert error.value.detail["reason"] == "it holds texts, and the model knows pictures"


def test_kinds_without_samples_in_the_old_folder_are_no_reason_to_refuse_it(
    dealt_run, tiny_library, tmp_path
):
    old = other_texts(tmp_path / "old", kinds=("travel", "animals"))
    (old / "galaxies").mkdir()

    replay = replay_of(old, dealt_run(), tiny_library)

    names = [replay.dataset.classes[label] for label in replay.labels]
    assert names == [sample.path.split("/")[0] for sample in replay.dataset.samples]
    assert {*names} == {"animals", "travel"}


def test_old_table_is_read_by_the_columns_that_a_person_named_for_the_new_one(
    tiny_library, tmp_path
):
    kinds, fates = ("animals", "money", "travel"), ("kept", "sent")

    def write(path, word):
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(("text", "two", "label", "kind"))
            for number in range(18):
                text = f"{kinds[number % 3]} {word} {number} {'dog ' * number}"
                writer.writerow((text, f"{text} ship", fates[number % 2], kinds[number % 3]))
        return path

    columns = TableColumns(text="two", label="kind")
    dataset = scan_folder(write(tmp_path / "new.csv", "cat"), Channel(), columns=columns)
    plan = make_plan(tiny_library.catalog["tiny_vectors"], strategy="head_then_all")
    run = dealt(create_run(tmp_path / "run", dataset, plan))

    replay = replay_of(write(tmp_path / "old.csv", "car"), run, tiny_library)

    assert (replay.dataset.text_column, replay.dataset.label_column) == ("two", "kind")
    assert len(replay.dataset.samples) == 18


def test_texts_become_tokens_once_and_the_steps_say_nothing_of_them(
    dealt_run, tiny_library, tmp_path, heard
):
    run = dealt_run(sequence_length="4")
    ticks = itertools.count().__next__  # time flies, so that nothing goes untold
    channel = Channel(None, [heard.append], ticks=ticks)
    old = other_texts(tmp_path / "old")
    replay = replay_of(old, run, tiny_library, channel)
    assert any(isinstance(event, Progressed) for event in heard)
    assert problems(heard) == [], "the old folder's problems are not those of the data"

    num_told = len(heard)
    shutil.rmtree(old)
    batch, labels = replay.drawn(4, np.random.default_rng(0))
    assert len(batch.token_ids) == len(labels) == 4
    assert len(heard) == num_told


def test_folder_is_looked_through_once_and_told_of_once(
    dealt_run, tiny_library, shared_texts, heard
):
    run = dealt_run()
    first = replay_of(shared_texts, run, tiny_library)

    again = replay_of(shared_texts, run, tiny_library, Channel(None, [heard.append]))

    assert again.dataset == first.dataset
    np.testing.assert_array_equal(again.labels, first.labels)
    assert problems(heard) == []


def test_labels_that_an_earlier_version_wrote_down_keep_their_meaning(
    dealt_run, tiny_library, tmp_path
):
    run = dealt_run()
    old = scan_folder(other_texts(tmp_path / "old", kinds=("travel", "money")), Channel())
    (run.path / REPLAY).write_text(old.to_json())

    replay = replay_of(tmp_path / "old", run, tiny_library)

    names = [run.read_dataset().classes[label] for label in replay.labels]
    assert names == [sample.path.split("/")[0] for sample in replay.dataset.samples]


def test_stop_while_a_run_reads_its_old_samples_again_keeps_the_best_so_far(
    make_run, tiny_library, tmp_path, shared_texts
):
    settings = {**TUNED, "replay_folder": str(other_texts(tmp_path / "old"))}
    run = make_run(source=shared_texts, preset="tiny_vectors", **settings)
    for wish, kind, activity in (("pause", StepEnded, ""), ("stop", Progressed, "reading")):
        channel = asking_channel(run, wish, kind, activity)
        train(run, tiny_library, channel, requested_s=0.0)

    last = list(run.events())[-1]
    assert (last.kind, last.reason, last.best_epoch) == ("run_stopped", "stopped", 1)
    assert run.has_evaluation()


@pytest.mark.parametrize(("wish", "status"), [("pause", "paused"), ("stop", "stopped")])
def test_stop_while_old_samples_are_looked_through_leaves_a_run_that_goes_on(
    wish, status, make_run, tiny_library, tmp_path, shared_texts
):
    settings = {**TUNED, "replay_folder": str(other_texts(tmp_path / "old"))}
    run = make_run(source=shared_texts, preset="tiny_vectors", **settings)

    channel = asking_channel(run, wish, Progressed, "reading")
    train(run, tiny_library, channel, requested_s=0.0)
    events = list(run.events())
    assert (events[-1].kind, events[-1].reason) == ("run_stopped", status)
    assert not any(isinstance(event, RunStarted) for event in events)
    assert run.status() == status

    train(run, tiny_library, Channel(run.path), requested_s=0.0)
    assert run.status() == "finished"
