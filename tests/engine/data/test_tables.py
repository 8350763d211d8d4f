import random
from pathlib import Path

import pytest
from PIL import Image

from tlgui.core.errors import TlguiError
from tlgui.core.wording import error_sentence
from tlgui.engine.channel import Channel
from tlgui.engine.data.scan import scan_folder

LABELS = ["Katze", "Käfer", "Katze", "Käfer", "Katze", "Käfer"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Six pictures in a folder of their own, without labels."""
    chance = random.Random(5)
    (tmp_path / "images").mkdir()
    for number in range(6):
        noise = Image.frombytes("RGB", (6, 6), chance.randbytes(108))
        noise.save(tmp_path / "images" / f"{number}.png")
    return tmp_path


def table(delimiter: str = ",", header: str = "file,label") -> str:
    lines = [header] if header else []
    lines += [f"images/{number}.png,{label}" for number, label in enumerate(LABELS)]
    return "\n".join(lines).replace(",", delimiter) + "\n"


def scan(source: Path):
    return scan_folder(source, Channel())


def refusal(source: Path) -> TlguiError:
    with pytest.raises(TlguiError) as caught:
        scan(source)
    assert "unknown" not in error_sentence(caught.value.code, caught.value.detail)
    return caught.value


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "latin-1"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_a_table_from_any_spreadsheet_is_understood(folder, encoding, delimiter):
    (folder / "labels.csv").write_bytes(table(delimiter).encode(encoding))
    dataset = scan(folder)
    dataset.require_usable()
    assert dataset.table == "labels.csv"
    assert dataset.folder == str(folder)
    assert dataset.classes == ("Käfer", "Katze") or dataset.classes == ("Katze", "Käfer")
    assert dataset.class_counts() == (3, 3)
    assert {s.path for s in dataset.samples} == {f"images/{n}.png" for n in range(6)}


@pytest.mark.parametrize(
    ("header", "text"),
    [
        ("File Name,Class", None),
        ("IMAGE_PATH,Category", None),
        ("something,anything", None),
        ("", None),
        ("", "sep=,\nfile,label\n"),
        ("label,file", "swapped"),
    ],
)
def test_columns_are_found_by_their_names_or_by_what_they_hold(folder, header, text):
    content = table(header=header)
    if text == "swapped":
        rows = [",".join(reversed(line.split(","))) for line in table(header="").splitlines()]
        content = "\r\n".join([header, *rows])
    elif text:
        content = text + table(header="")
    (folder / "labels.csv").write_text(content, encoding="utf-8", newline="")
    assert scan(folder / "labels.csv").class_counts() == (3, 3)


def test_the_column_that_really_names_files_wins_over_one_with_a_better_name(folder):
    lines = ["image,path,label"]
    lines += [f"{n}.png,images\\{n}.png,{label}" for n, label in enumerate(LABELS)]
    (folder / "labels.csv").write_text("\n".join(lines), encoding="utf-8")
    assert len(scan(folder).samples) == 6


def test_quoted_cells_blank_lines_and_trailing_commas_are_fine(folder):
    content = table().replace("Katze", '"Katze, groß"').replace("\n", ",\n\n")
    (folder / "labels.csv").write_text(content, encoding="utf-8")
    assert "Katze, groß" in scan(folder).classes


def test_what_lies_outside_the_folder_of_the_table_is_never_opened(folder, tmp_path_factory):
    outside = tmp_path_factory.mktemp("private") / "secret.png"
    Image.new("RGB", (5, 5), "red").save(outside)
    (folder / "images" / "link.png").symlink_to(outside)
    (folder / "away").symlink_to(outside.parent)
    escapes = [
        str(outside),
        "../secret.png",
        "images/../../secret.png",
        "C:\\secret.png",
        "\\\\server\\secret.png",
        "images/link.png",
        "away/secret.png",
    ]
    rows = table() + "".join(f"{path},Katze\n" for path in escapes)
    (folder / "labels.csv").write_text(rows, encoding="utf-8")
    dataset = scan(folder / "labels.csv")
    assert len(dataset.samples) == 6
    assert [p.path for p in dataset.problems] == escapes
    assert {p.code for p in dataset.problems} == {"file_unreadable"}
    assert {p.reason for p in dataset.problems} == {
        "it is not inside the folder of the table",
        "a link leads out of the folder",
    }


def test_rows_without_a_file_or_a_label_are_reported(folder):
    rows = table() + "images/none.png,Katze\n,Katze\nimages/0.png,\nimages/1.png, \n"
    rows += "x" * 5000 + ".png,Katze\n"
    (folder / "labels.csv").write_text(rows, encoding="utf-8")
    dataset = scan(folder)
    found = {(p.code, p.path[:20], p.count) for p in dataset.problems}
    assert found == {
        ("file_unreadable", "images/none.png", 1),
        ("file_unreadable", "row 9", 1),
        ("file_unreadable", "x" * 20, 1),
        ("label_missing", "images/0.png", 2),
    }


def test_a_row_given_twice_counts_once_and_contradicting_rows_not_at_all(folder):
    rows = table() + "images/0.png,Katze\n./images/2.png,Katze\nimages/1.png,Katze\n"
    (folder / "labels.csv").write_text(rows, encoding="utf-8")
    dataset = scan(folder)
    assert sorted(s.path for s in dataset.samples) == [f"images/{n}.png" for n in (0, 2, 3, 4, 5)]
    assert dataset.problems[0].code == "duplicates_in_two_classes"


def test_a_split_column_is_kept(folder):
    parts = ["train", "train", "val", "val", "Test", "test"]
    lines = table().splitlines()
    rows = [lines[0] + ",split", *(f"{a},{b}" for a, b in zip(lines[1:], parts, strict=True))]
    (folder / "labels.csv").write_text("\n".join(rows), encoding="utf-8")
    dataset = scan(folder)
    assert dataset.presplit
    assert {s.path: s.split for s in dataset.samples}["images/4.png"] == "test"
    dataset.require_usable()


def test_class_folders_win_over_a_table_beside_them(folder):
    (folder / "images").rename(folder / "a")
    (folder / "b").mkdir()
    for number in range(4):
        Image.new("RGB", (5, 5), (number, 0, 0)).save(folder / "b" / f"{number}.png")
    (folder / "measures.csv").write_text("day,value\n1,2\n", encoding="utf-8")
    dataset = scan(folder)
    assert dataset.classes == ("a", "b")
    assert dataset.table == ""


@pytest.mark.parametrize(
    ("content", "code", "part"),
    [
        (b"", "table_damaged", "empty"),
        (b"file,label\n", "table_damaged", "no rows"),
        (b"file,label\nimages/0.png,a,b,c\n", "table_damaged", "row 2: it has 4 cells"),
        (b'file,label\nimages/0.png,"Katze\n', "table_damaged", "line 2"),
        (b"\x89PNG\r\n\x1a\n" + bytes(400), "table_damaged", "not a text"),
        (b"file,label\n" + b"x" * 2_100_000 + b",a\n", "table_damaged", "line 2"),
        (b"file,label\n,\n../a.png,b\n", "table_damaged", "no row has both"),
        (b"day,value\n1,2\n", "column_missing", "file"),
        (b"file,height,width\nimages/0.png,1,2\n", "column_missing", "label"),
        (b"file\nimages/0.png\n", "column_missing", "label"),
    ],
)
def test_a_table_that_cannot_be_used_says_why(folder, content, code, part):
    (folder / "labels.csv").write_bytes(content)
    error = refusal(folder / "labels.csv")
    assert error.code == code
    assert part in str(error.detail.get("reason", error.detail.get("name")))


def test_a_table_with_only_missing_files_is_refused_with_the_first(folder):
    (folder / "labels.csv").write_text("file,label\na.png,x\nb.png,y\n", encoding="utf-8")
    error = refusal(folder / "labels.csv")
    assert (error.code, error.detail["name"]) == ("files_unreadable", "a.png")
