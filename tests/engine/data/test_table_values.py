import pytest

from tlgui.core.errors import TlguiError
from tlgui.engine.data.table_values import read_file_values, read_row_values


def test_a_column_is_read_again_for_grouping_by_the_same_paths(tmp_path):
    (tmp_path / "images").mkdir()
    for number in range(6):
        (tmp_path / "images" / f"{number}.png").touch()
    rows = [f"images\\{n}.png,{'ab'[n % 2]}, P{n // 2} " for n in range(6)]
    (tmp_path / "labels.csv").write_text("\n".join(["file,label,Patient Id", *rows]))
    column = read_file_values(tmp_path / "labels.csv", "patient id")
    assert column == {f"images/{n}.png": f"P{n // 2}" for n in range(6)}
    with pytest.raises(TlguiError, match="column_missing"):
        read_file_values(tmp_path / "labels.csv", "doctor")
    (tmp_path / "labels.csv").unlink()
    with pytest.raises(TlguiError, match="table_damaged"):
        read_file_values(tmp_path / "labels.csv", "patient id")


def test_a_cell_as_long_as_a_text_makes_no_endless_group(tmp_path):
    marks = "\u0327\u0301" * 40_000  # which Python sorts in quadratic time
    (tmp_path / "t.csv").write_text(f"text,label,who\none text,a,{marks}\nanother,b, Ann \n")
    column = read_row_values(tmp_path / "t.csv", "who")
    assert (len(column["row 2"]), column["row 3"]) == (200, "Ann")
