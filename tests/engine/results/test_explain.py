"""Explanations as a job: of given samples, or of what is asked until nobody asks any more."""

import json
import shutil
from pathlib import Path

import pytest
from PIL import Image

from tlgui.core.errors import TlguiError
from tlgui.core.events import (
    ExplainerReady,
    ExplanationsFinished,
    NeighborsFound,
    SampleExplained,
    SampleNotExplained,
)
from tlgui.core.job import ExplainJob
from tlgui.core.run_folder import RunFolder
from tlgui.engine.channel import Channel, JobStopped
from tlgui.engine.results.explain import RECORDS, run_explain_job
from tlgui.engine.results.heat_pictures import SIDE_PX


def job(run, folder, **fields):
    return ExplainJob(folder=str(folder), requested_s=0.0, model=str(run.path), **fields)


def explained(run, library, folder, **fields):
    """Return the events of a job on given samples."""
    heard = []
    run_explain_job(job(run, folder, **fields), library, Channel(None, [heard.append]))
    return heard


def of_kind(heard, cls):
    return [event for event in heard if isinstance(event, cls)]


def opened(file):
    """Return the format of a picture and its longer side."""
    with Image.open(file) as picture:
        return picture.format, max(picture.size)


def samples_of(run, split):
    return run.read_dataset().of_split(split)


def test_picture_has_a_heat_map_and_itself_among_its_neighbors(
    finished_run, tiny_library, tmp_path
):
    sample = samples_of(finished_run, "train")[3]

    heard = explained(finished_run, tiny_library, tmp_path, files=(sample.path,))

    [found] = of_kind(heard, SampleExplained)
    [near] = of_kind(heard, NeighborsFound)
    explanation = found.explanation
    assert explanation.true == finished_run.read_dataset().classes[sample.label]
    assert explanation.target == explanation.predicted
    assert explanation.method == "grad_cam"
    assert sum(explanation.probabilities) == pytest.approx(1, abs=1e-5)
    for file in (explanation.picture, explanation.overlay):
        assert opened(file) == ("PNG", SIDE_PX)
        assert Path(file).parent == tmp_path
    assert near.neighbors[0].file == sample.path
    assert near.neighbors[0].distance == pytest.approx(0, abs=1e-5)
    assert near.neighbors[0].class_name == explanation.true
    assert {opened(n.thumbnail)[0] for n in near.neighbors} == {"JPEG"}
    assert near.num_compared == near.num_train == len(samples_of(finished_run, "train"))


def test_other_class_is_explained_alone_and_beside_the_answer(
    fine_tuned_run, tiny_library, tmp_path, pictures
):
    classes = fine_tuned_run.read_dataset().classes
    file = pictures / "disk" / "odd näme %20 'q.png"
    shutil.copy(next((pictures / "disk").glob("*.png")), file)
    heard = explained(fine_tuned_run, tiny_library, tmp_path / "one", files=(str(file),))
    [first] = of_kind(heard, SampleExplained)
    other = next(name for name in classes if name != first.explanation.predicted)

    to = tmp_path / "two"
    heard = explained(
        fine_tuned_run, tiny_library, tmp_path, files=(str(file),), target=other, to=str(to)
    )

    alone, beside = (event.explanation for event in of_kind(heard, SampleExplained))
    assert (alone.target, alone.against) == (other, "")
    assert (beside.target, beside.against) == (first.explanation.predicted, other)
    assert alone.true == ""
    assert {Path(e.overlay).parent for e in (alone, beside)} == {to}
    assert len({alone.overlay, beside.overlay, alone.picture}) == 3
    records = [json.loads(line) for line in (to / RECORDS).read_text().splitlines()]
    assert [r["target"] for r in records] == [other, first.explanation.predicted]
    assert len(records[0]["neighbors"]) == 5


@pytest.mark.parametrize(
    ("preset", "method"),
    [("tfidf_linear", "linear"), ("tiny_vectors", "linear"), ("tiny_text", "occlusion")],
)
def test_text_has_words_and_neighbors(letter_run, tiny_library, tmp_path, preset, method):
    run = letter_run(preset)
    sample = samples_of(run, "train")[2]

    heard = explained(run, tiny_library, tmp_path, files=(sample.path,), texts=("the house cat",))

    row, typed = (event.explanation for event in of_kind(heard, SampleExplained))
    near, _ = of_kind(heard, NeighborsFound)
    assert row.method == typed.method == method
    assert row.true == run.read_dataset().classes[sample.label]
    assert typed.true == typed.file == ""
    assert [typed.text[w.start : w.end] for w in typed.words] == ["the", "house", "cat"]
    assert near.neighbors[0].file == sample.path
    assert near.neighbors[0].text == row.text
    assert near.neighbors[0].distance == pytest.approx(0, abs=1e-5)
    [end] = of_kind(heard, ExplanationsFinished)
    assert (end.num_explained, end.num_failed) == (2, 0)


def test_trained_backbone_explains_with_its_own_features(
    fine_tuned_letter_run, tiny_library, tmp_path
):
    sample = samples_of(fine_tuned_letter_run, "train")[0]

    heard = explained(fine_tuned_letter_run, tiny_library, tmp_path, files=(sample.path,))

    [near] = of_kind(heard, NeighborsFound)
    assert near.neighbors[0].file == sample.path
    assert of_kind(heard, SampleExplained)[0].explanation.words


def test_long_text_says_what_was_not_read(letter_run, tiny_library, tmp_path):
    run = letter_run("tiny_text")
    heard = explained(run, tiny_library, tmp_path, texts=("cat " * 37,))

    [found] = of_kind(heard, SampleExplained)

    assert found.explanation.num_cut == 7
    assert found.explanation.text == ("cat " * 30).strip()


def test_huge_text_shows_its_beginning(letter_run, tiny_library, tmp_path):
    run = letter_run("tfidf_linear")
    heard = explained(run, tiny_library, tmp_path, texts=("the cat " * 5000,))

    explanation = of_kind(heard, SampleExplained)[0].explanation

    assert len(explanation.text) + explanation.num_hidden == len("the cat " * 5000)
    assert explanation.num_hidden > 30_000
    assert all(w.end <= len(explanation.text) for w in explanation.words)


def test_unreadable_files_are_told_and_cost_no_other(
    finished_run, tiny_library, tmp_path, pictures
):
    good = str(next((pictures / "square").glob("*.png")))
    bad = tmp_path / "bad.png"
    bad.write_bytes(b"\x89PNG\r\n nothing")
    missing = str(tmp_path / "missing.png")

    heard = explained(finished_run, tiny_library, tmp_path / "job", files=(str(bad), missing, good))

    told = of_kind(heard, SampleNotExplained)
    assert [event.detail["path"] for event in told] == [str(bad), missing]
    assert {event.code for event in told} == {"file_damaged"}
    [end] = of_kind(heard, ExplanationsFinished)
    assert (end.num_explained, end.num_failed) == (1, 2)


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"files": ("nowhere.png",)}, "file_damaged"),
        ({"texts": ("a cat",)}, "path_not_usable"),
        ({"files": ("{sample}",), "target": "unicorn"}, "setting_invalid"),
        ({"files": ("{sample}",), "to": "{full}"}, "folder_not_empty"),
    ],
)
def test_what_cannot_be_done_is_said(finished_run, tiny_library, tmp_path, fields, code):
    sample = samples_of(finished_run, "test")[0].path
    full = tmp_path / "full"
    full.mkdir()
    (full / "letter.txt").write_text("mine")
    filled = {
        key: tuple(v.format(sample=sample) for v in value)
        if isinstance(value, tuple)
        else value.format(full=full)
        for key, value in fields.items()
    }

    with pytest.raises(TlguiError, match=code):
        explained(finished_run, tiny_library, tmp_path / "job", **filled)


def test_sample_that_is_another_picture_by_now_is_not_explained(
    own_finished_run, tiny_library, tmp_path, pictures
):
    record = json.loads((own_finished_run.path / "dataset.json").read_text())
    record["folder"] = str(pictures)
    (own_finished_run.path / "dataset.json").write_text(json.dumps(record))
    first, second = samples_of(own_finished_run, "test")[:2]
    shutil.copy(pictures / second.path, pictures / first.path)

    with pytest.raises(TlguiError, match="another picture than before"):
        explained(own_finished_run, tiny_library, tmp_path / "job", files=(first.path,))


def test_unknown_words_have_no_explanation(letter_run, tiny_library, tmp_path):
    with pytest.raises(TlguiError, match="knows none"):
        explained(letter_run("tiny_vectors"), tiny_library, tmp_path, texts=("学校",))


def test_run_without_a_result_says_so(make_run, tiny_library, tmp_path):
    with pytest.raises(TlguiError, match="no_result_yet"):
        explained(make_run(), tiny_library, tmp_path / "job", files=("a",))


class Asking(Channel):
    """Asks the next lines whenever a question is waited for, and in the end has had enough."""

    def __init__(self, *turns):
        self.heard = []
        super().__init__(None, [self.heard.append])
        self._turns = iter(turns)

    def next_question(self):
        turn = next(self._turns, None)
        if turn is None:
            self.request, turn = "stop", ""
        self.ask(turn if isinstance(turn, str) else json.dumps(turn))
        return super().next_question()


def test_model_stays_loaded_and_answers_one_question_after_the_other(
    finished_run, tiny_library, tmp_path
):
    first, second = samples_of(finished_run, "test")[:2]
    classes = finished_run.read_dataset().classes
    channel = Asking(
        {"question": 4, "file": first.path},
        "what?",
        '{"question": 5, "file": 7}',
        {"question": 6, "file": "gone.png"},
        {"question": 8, "file": second.path, "target": classes[1], "against": classes[1]},
        {"question": 9, "file": second.path, "target": classes[1], "against": classes[2]},
    )

    with pytest.raises(JobStopped):
        run_explain_job(job(finished_run, tmp_path), tiny_library, channel)

    [ready] = of_kind(channel.heard, ExplainerReady)
    assert ready.classes == classes
    found = of_kind(channel.heard, SampleExplained)
    assert [(e.question, e.explanation.file) for e in found] == [
        (4, first.path),
        (8, second.path),
        (9, second.path),
    ]
    assert [e.explanation.against for e in found] == ["", "", classes[2]]
    assert [e.question for e in of_kind(channel.heard, NeighborsFound)] == [4, 8, 9]
    assert [e.question for e in of_kind(channel.heard, SampleNotExplained)] == [6]


def test_picture_that_is_gone_has_no_thumbnail_but_is_still_a_neighbor(
    finished_run, tiny_library, tmp_path, pictures
):
    run = RunFolder(shutil.copytree(finished_run.path, tmp_path / "run"))
    record = json.loads((run.path / "dataset.json").read_text())
    record["folder"] = str(pictures)
    (run.path / "dataset.json").write_text(json.dumps(record))
    new = tmp_path / "new.png"
    train = samples_of(run, "train")
    shutil.copy(pictures / train[0].path, new)
    heard = []

    def gone(event):
        if isinstance(event, SampleExplained):
            for sample in train:
                (pictures / sample.path).unlink()

    channel = Channel(None, [gone, heard.append])
    run_explain_job(job(run, tmp_path / "job", files=(str(new),)), tiny_library, channel)

    [near] = of_kind(heard, NeighborsFound)
    assert near.neighbors[0].file == train[0].path
    assert {n.thumbnail for n in near.neighbors} == {""}
