import csv
from pathlib import Path

import pytest

from tests.engine.data.tables_of_texts import (
    ROWS,
    refusal,
    scan,
    scan_of,
    table,
)
from tlgui.core.errors import TlguiError
from tlgui.core.events import Event, ProblemFound, Progressed, SnippetReady
from tlgui.engine.channel import Channel, JobStopped
from tlgui.engine.data import (
    scan_texts,
)
from tlgui.engine.data.scan import scan_folder
from tlgui.engine.data.table_rows import no_tick
from tlgui.engine.data.text_tables import unlabeled_texts

pytestmark = pytest.mark.usefixtures("no_language")


def test_columns_can_be_named_and_equal_names_are_told_apart(tmp_path):
    lines = ["text,text,label,other"]
    lines += [f"{text},about {text},{label},{'xy'[n % 2]}" for n, (label, text) in enumerate(ROWS)]
    content = "\n".join(lines)
    dataset = scan_of(tmp_path, content)
    assert dataset.columns == ("text", "text (2)", "label", "other")
    assert dataset.text_column == "text"
    named = scan_of(tmp_path, content, text="Text (2)", label="other")
    assert (named.text_column, named.classes) == ("text (2)", ("x", "y"))
    error = refusal(tmp_path, content, text="body")
    assert error.code == "column_missing"
    assert error.detail["known"] == "text, text (2), label, other"


def test_a_folder_with_one_table_is_that_table(tmp_path):
    (tmp_path / "t.csv").write_text(table())
    assert scan(tmp_path).table == "t.csv"


def test_one_class_is_scanned_but_not_usable(tmp_path):
    with pytest.raises(TlguiError, match="one_class"):
        scan_of(tmp_path, "label,text\na,one\na,two more\na,three of them\n").require_usable()


def test_near_duplicates_share_a_cluster_and_are_told_once(tmp_path):
    letter = "dear customer your parcel number {} is waiting for you at the depot in town"
    extra = "".join(f"bad,{letter.format(n)}\r\n" for n in (17, 18, 18))
    dataset = scan_of(tmp_path, table() + extra)
    clusters = {s.path: s.cluster for s in dataset.samples}
    assert clusters["row 8"] == clusters["row 9"] == clusters["row 10"] != ""
    assert clusters["row 2"] == ""
    (near,) = [p for p in dataset.problems if p.code == "near_duplicates"]
    assert (near.path, near.count) == ("row 9", 1)
    assert "duplicates" in {p.code for p in dataset.problems}


def test_snippets_come_from_every_class_even_if_the_table_is_sorted(tmp_path, monkeypatch):
    monkeypatch.setattr(scan_texts, "MAX_SNIPPETS", 4)
    events: list[Event] = []
    (tmp_path / "t.csv").write_text(table() + f"bad,{'long ' * 200}\r\n")
    scan_folder(tmp_path / "t.csv", Channel(listeners=[events.append]))
    shown = [e for e in events if isinstance(e, SnippetReady)]
    assert [(e.path, e.class_name) for e in shown] == [
        ("row 2", "good"),
        ("row 3", "good"),
        ("row 5", "bad"),
        ("row 6", "bad"),
    ]
    assert all(len(e.text) <= 300 for e in shown)


@pytest.mark.parametrize("activity", ["listing", "reading"])
def test_a_scan_of_a_table_can_be_stopped_at_any_time(tmp_path, activity):
    channel = Channel()

    def stop(event: Event) -> None:
        if isinstance(event, Progressed) and event.activity == activity:
            channel.request = "stop"

    channel._listeners = [stop]
    rows = [[f"text number {n}", "ab"[n % 2]] for n in range(3000)]
    with (tmp_path / "t.csv").open("w", newline="") as file:
        csv.writer(file).writerows([["text", "label"], *rows])
    with pytest.raises(JobStopped):
        scan_folder(tmp_path / "t.csv", channel)


def test_problems_are_reported_while_they_are_found(tmp_path):
    events: list[Event] = []
    (tmp_path / "t.csv").write_text(table() + "good,\r\n")
    dataset = scan_folder(tmp_path / "t.csv", Channel(listeners=[events.append]))
    assert [e.problem for e in events if isinstance(e, ProblemFound)] == list(dataset.problems)


def test_tokens_are_counted_by_who_can_count_them(tmp_path):
    (tmp_path / "t.csv").write_text(table())
    count = lambda texts: [len(text.split()) for text in texts]  # noqa: E731
    dataset = scan_folder(tmp_path / "t.csv", Channel(), count_tokens=count)
    assert dataset.texts is not None
    assert (dataset.texts.num_tokens[0], dataset.texts.num_tokens[100]) == (4, 5)


def answered(folder: Path, content: str, column: str = "") -> list[tuple[int, str, str]]:
    (folder / "new.csv").write_text(content)
    return list(unlabeled_texts(folder / "new.csv", column, no_tick))


def test_a_list_of_new_texts_loses_neither_its_first_nor_what_follows_a_comma(tmp_path):
    texts = ["Hello, how are you", "fine", "well, then, good bye", 'the "last" one, or not']
    expected = [(number, text, "") for number, text in enumerate(texts, start=1)]
    assert answered(tmp_path, "\n".join(texts)) == expected
    texts = ["nothing cuts it", "fine, thanks"]
    expected = [(number, text, "") for number, text in enumerate(texts, start=1)]
    assert answered(tmp_path, "\n".join(texts)) == expected


def test_new_texts_below_a_name_and_between_other_columns_are_found(tmp_path):
    one = answered(tmp_path, 'message\n"Hello, you"\nfine\n')
    assert one == [(2, "Hello, you", ""), (3, "fine", "")]
    two = answered(tmp_path, "nr,what they wrote\n1,a first one\n2,b\n", "what they wrote")
    assert two == [(2, "a first one", ""), (3, "b", "")]
    unnamed = answered(tmp_path, "2026-01-02;a first one\n2026-01-03;a second one\n")
    assert unnamed == [(1, "a first one", ""), (2, "a second one", "")]


def test_texts_cannot_be_their_own_labels(tmp_path):
    error = refusal(tmp_path, table(), text="text", label="text")
    assert "“text” cannot hold the texts and their labels" in str(error.detail["reason"])
