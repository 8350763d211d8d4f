"""Tables that people open in a spreadsheet."""

import csv
import io

import numpy as np
import pytest

from tlgui.engine.results.predictions import neutralized, prediction_row, write_predictions


def written(classes, rows):
    file = io.BytesIO()
    write_predictions(file, classes, rows)
    return file.getvalue()


def test_columns_are_the_promised_ones():
    row = prediction_row("a.png", "cat", ("cat", "dog"), np.array([0.25, 0.75], np.float32))

    header, first = csv.reader(io.StringIO(written(("cat", "dog"), [row]).decode()))

    assert header == ["file", "true", "predicted", "probability", "p:cat", "p:dog"]
    assert first == ["a.png", "cat", "dog", "0.750000", "0.250000", "0.750000"]


@pytest.mark.parametrize("cell", ["=cmd()", "+1", "-1", "@x", "\t=1", "\r=1"])
def test_spreadsheet_runs_no_formula_from_a_file_name(cell):
    assert neutralized(cell) == "'" + cell


def test_names_with_commas_and_quotes_stay_one_cell():
    row = ['a, "b".png', "", "", ""]

    assert next(csv.reader(io.StringIO(written((), [row]).decode().split("\n", 1)[1]))) == row


def test_file_name_that_is_no_text_does_not_lose_the_table():
    assert b"\\udcff.png" in written((), [["\udcff.png", "", "", ""]])
