"""Samples from elsewhere are taken as a model knows them, or refused in words."""

import shutil

import pytest

from tlgui.core.errors import TlguiError
from tlgui.engine.channel import Channel
from tlgui.engine.data.matching import scan_matching
from tlgui.engine.data.scan import scan_folder
from tlgui.engine.data.tables import TableColumns

LETTERS = "text,two,label,kind\na cat,a dog,kept,x\na bird,a fish,sent,y\na cow,a horse,kept,y\n"


def test_labels_are_in_the_order_of_the_classes_that_the_model_knows(pictures, tmp_path):
    own = scan_folder(pictures, Channel())
    for name in ("triangle", "square"):
        shutil.copytree(pictures / name, tmp_path / "other" / name)
    (tmp_path / "other" / "galaxy").mkdir()

    found = scan_matching(tmp_path / "other", TableColumns(), own, Channel())

    assert found.classes == own.classes == ("disk", "square", "triangle")
    assert {sample.label for sample in found.samples} == {1, 2}


def test_texts_are_refused_where_pictures_are_known(shared_pictures, shared_texts):
    own = scan_folder(shared_pictures, Channel())
    with pytest.raises(TlguiError, match="path_not_usable") as error:
        scan_matching(shared_texts, TableColumns(), own, Channel())
    assert error.value.detail["reason"] == "it holds texts, and the model knows pictures"


@pytest.mark.parametrize(
    ("first_line", "named", "columns"),
    [
        ("text,two,label,kind", TableColumns(), ("two", "kind")),
        ("text,two,label,kind", TableColumns(text="text", label="kind"), ("text", "kind")),
        ("text,other,kept,label", TableColumns(), ("text", "label")),
    ],
    ids=["those of the run", "those that were named", "those that are there"],
)
def test_columns_are_the_named_ones_else_those_of_the_run(tmp_path, first_line, named, columns):
    (tmp_path / "own.csv").write_text(LETTERS)
    own = scan_folder(
        tmp_path / "own.csv", Channel(), columns=TableColumns(text="two", label="kind")
    )
    (tmp_path / "other.csv").write_text(LETTERS.replace("text,two,label,kind", first_line))

    found = scan_matching(tmp_path / "other.csv", named, own, Channel())

    assert (found.text_column, found.label_column) == columns
