import tracemalloc
from dataclasses import replace
from pathlib import Path

import pytest

from tlgui.core.dataset import Sample
from tlgui.core.errors import TlguiError
from tlgui.core.wording import error_sentence
from tlgui.engine.channel import Channel, JobStopped
from tlgui.engine.data import text_facts
from tlgui.engine.data.groups import groups_of, suggest_group
from tlgui.engine.data.scan import scan_folder
from tlgui.engine.data.table_rows import no_tick
from tlgui.engine.data.text_files import text_digest
from tlgui.engine.data.text_source import read_texts, reading_order

TEXTS = ["the first of all", "a second,\nof two lines", "third time lucky", "four is enough"]


@pytest.fixture(autouse=True)
def no_language(monkeypatch):
    """Leave out the language, whose model takes long to load."""
    monkeypatch.setattr(text_facts, "language_of", lambda snippets: "")


def write_table(folder: Path, texts: list[str]) -> Path:
    rows = [f'{"ab"[n % 2]},"{text}", U{n // 2} ' for n, text in enumerate(texts)]
    rows.insert(2, "a,,U7")
    path = folder / "t.csv"
    path.write_text("label,text,user\n" + "\n".join(rows))
    return path


def write_files(folder: Path, texts: list[str]) -> Path:
    for number, text in enumerate(texts):
        path = folder / "ab"[number % 2] / f"{number}.txt"
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
    return folder


@pytest.mark.parametrize("write", [write_table, write_files])
def test_the_texts_come_back_in_the_order_asked_for(tmp_path, write):
    dataset = scan_folder(write(tmp_path, TEXTS), Channel())
    assert list(read_texts(dataset, dataset.samples, no_tick)) == [TEXTS[n] for n in (0, 2, 1, 3)]
    some = [dataset.samples[n] for n in (3, 0, 3)]
    assert list(read_texts(dataset, some, no_tick)) == [TEXTS[3], TEXTS[0], TEXTS[3]]
    assert list(read_texts(dataset, [], no_tick)) == []


@pytest.mark.parametrize("write", [write_table, write_files])
def test_a_text_that_changed_since_the_scan_is_never_learned_from(tmp_path, write):
    dataset = scan_folder(write(tmp_path, TEXTS), Channel())
    write(tmp_path, [*TEXTS[:3], "another text"])
    with pytest.raises(TlguiError) as caught:
        list(read_texts(dataset, dataset.samples, no_tick))
    assert caught.value.code == "dataset_changed"
    assert "another text than before" in error_sentence(caught.value.code, caught.value.detail)
    assert list(read_texts(dataset, dataset.samples[:2], no_tick)) == [TEXTS[0], TEXTS[2]]


def test_a_large_table_does_not_fill_the_memory(tmp_path):
    dataset = scan_folder(write_table(tmp_path, TEXTS), Channel())
    texts = [f"{n} " * 5000 for n in range(1000)]
    write_table(tmp_path, texts)
    rows = [n + 2 + (n >= 2) for n in range(1000)]  # one is without a text
    samples = [
        Sample(path=f"row {row}", label=n % 2, digest=text_digest(text))
        for n, (row, text) in enumerate(zip(rows, texts, strict=True))
    ]
    samples.sort(key=lambda sample: sample.label)
    order = reading_order(dataset, samples)
    tracemalloc.start()
    found = read_texts(dataset, [samples[index] for index in order], no_tick)
    lengths = [len(text) for text in found]
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert lengths == list(map(len, texts))
    assert peak < sum(lengths) / 4


@pytest.mark.parametrize("write", [write_table, write_files])
def test_reading_can_be_stopped_before_the_first_text_is_found(tmp_path, write):
    dataset = scan_folder(write(tmp_path, TEXTS), Channel())
    channel = Channel()
    channel.request = "stop"
    texts = read_texts(dataset, dataset.samples, lambda _: channel.stop_if_requested())
    with pytest.raises(JobStopped):
        next(texts)


def test_a_table_that_is_gone_shorter_or_without_its_column_is_said_to_have_changed(tmp_path):
    dataset = scan_folder(write_table(tmp_path, TEXTS), Channel())
    write_table(tmp_path, TEXTS[:3])
    renamed = replace(dataset, text_column="body")
    for changed in (dataset, renamed, replace(dataset, table="gone.csv")):
        with pytest.raises(TlguiError, match="dataset_changed"):
            list(read_texts(changed, dataset.samples, no_tick))


def test_a_file_that_is_gone_is_named(tmp_path):
    dataset = scan_folder(write_files(tmp_path, TEXTS), Channel())
    (tmp_path / "a" / "2.txt").unlink()
    with pytest.raises(TlguiError) as caught:
        list(read_texts(dataset, dataset.samples, no_tick))
    assert str(tmp_path / "a" / "2.txt") in error_sentence(caught.value.code, caught.value.detail)


def test_texts_of_one_person_are_kept_together_by_a_column(tmp_path):
    dataset = scan_folder(write_table(tmp_path, TEXTS), Channel())
    texts = read_texts(dataset, dataset.samples, no_tick)
    groups = dict(zip(texts, groups_of(dataset, "column:User"), strict=True))
    assert [groups[text] for text in TEXTS] == ["U0", "U0", "U1", "U1"]
    with pytest.raises(TlguiError, match="column_missing"):
        groups_of(dataset, "column:doctor")
    assert suggest_group(dataset) == ""
