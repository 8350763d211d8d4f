"""The table of answers, read back."""

import pytest

from tlgui.core.errors import TlguiError
from tlgui.core.evaluation import Prediction
from tlgui.core.prediction_table import read_predictions

TABLE = 'file,true,predicted,probability,not_sure,p:a\n"x, y.png",a,b,0.75,,0.25\n'


def test_rows_are_read_one_by_one(tmp_path):
    (tmp_path / "p.csv").write_text(TABLE, encoding="utf-8")
    (row,) = read_predictions(tmp_path / "p.csv")
    assert row == Prediction(file="x, y.png", true="a", predicted="b", probability=0.75)


def test_strangers_are_told_from_ordinary_samples(tmp_path):
    header = "file,true,predicted,probability,not_sure,unfamiliar,strangeness,p:a\n"
    rows = "x.png,a,a,1,,yes,1.000000,1\ny.png,a,a,1,,,0.5,1\nz.png,a,a,1,,,,1\n"
    (tmp_path / "p.csv").write_text(header + rows, encoding="utf-8")
    found = [*read_predictions(tmp_path / "p.csv")]
    assert [row.is_unfamiliar for row in found] == [True, False, False]
    assert [row.strangeness for row in found] == [1.0, 0.5, None]


@pytest.mark.parametrize("text", ["file,true\nx,a\n", TABLE.replace("0.75", "much"), None])
def test_damaged_table_is_named(tmp_path, text):
    if text is not None:
        (tmp_path / "p.csv").write_text(text, encoding="utf-8")
    with pytest.raises(TlguiError, match="file_damaged") as caught:
        [*read_predictions(tmp_path / "p.csv")]
    assert str(tmp_path / "p.csv") == caught.value.detail["path"]


def test_digests_beside_the_table_belong_to_its_rows(tmp_path):
    (tmp_path / "p.csv").write_text(TABLE + "z.png,a,a,0.5,,0.5\n", encoding="utf-8")
    (tmp_path / "digests.txt").write_text("d1\n")
    assert [row.digest for row in read_predictions(tmp_path / "p.csv")] == ["d1", ""]
