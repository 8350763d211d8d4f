"""Tables that people open in a spreadsheet."""

import csv
import io

import numpy as np
import pytest

from tlgui.engine.results.predictions import (
    is_predictions,
    neutralized,
    prediction_row,
    read_answers,
    read_classes,
    write_predictions,
)


def written(classes, rows):
    file = io.BytesIO()
    write_predictions(file, classes, rows)
    return file.getvalue()


def test_columns_are_the_promised_ones():
    probabilities = np.array([0.25, 0.75], np.float32)
    row = prediction_row("a.png", "cat", ("cat", "dog"), probabilities)

    header, first = csv.reader(io.StringIO(written(("cat", "dog"), [row]).decode()))

    promised = ["file", "true", "predicted", "probability", "not_sure", "unfamiliar", "strangeness"]
    assert header == [*promised, "p:cat", "p:dog"]
    assert first == ["a.png", "cat", "dog", "0.750000", "", "", "", "0.250000", "0.750000"]


@pytest.mark.parametrize(
    ("strangeness", "cells"),
    [(None, ["", ""]), (1.0, ["", "1.000000"]), (1.0000001, ["yes", "1.000000"])],
)
def test_answer_to_a_stranger_is_marked(strangeness, cells):
    probabilities = np.array([0.25, 0.75], np.float32)

    row = prediction_row("a", "", ("cat", "dog"), probabilities, strangeness=strangeness)

    assert row[5:7] == cells


def test_classes_of_a_table_of_an_earlier_version_are_known(tmp_path):
    header = "file,true,predicted,probability,not_sure,p:cat,p:dog"
    (tmp_path / "p.csv").write_text(f"{header}\na.png,,cat,1,,1,0\n")

    assert read_classes(tmp_path / "p.csv") == ["cat", "dog"]
    assert [answer.predicted for answer in read_answers(tmp_path / "p.csv")] == ["cat"]


@pytest.mark.parametrize(("threshold", "mark"), [(0.0, ""), (0.75, ""), (0.76, "yes")])
def test_answer_that_is_not_sure_enough_is_marked(threshold, mark):
    probabilities = np.array([0.25, 0.75], np.float32)

    assert prediction_row("a", "", ("cat", "dog"), probabilities, threshold)[4] == mark


def test_tables_of_every_version_may_be_replaced_and_no_others(tmp_path):
    table = tmp_path / "table.csv"
    for start, is_ours in {
        "file,true,predicted,probability,p:cat\n": True,
        "file,true,predicted,probability,not_sure,p:cat\n": True,
        "file,label,predicted,probability\n": False,
    }.items():
        table.write_text(start)
        assert is_predictions(table) == is_ours


@pytest.mark.parametrize("cell", ["=cmd()", "+1", "-1", "@x", "\t=1", "\r=1"])
def test_spreadsheet_runs_no_formula_from_a_file_name(cell):
    assert neutralized(cell) == "'" + cell


def test_names_with_commas_and_quotes_stay_one_cell():
    row = ['a, "b".png', "", "", ""]

    assert next(csv.reader(io.StringIO(written((), [row]).decode().split("\n", 1)[1]))) == row


def test_file_name_that_is_no_text_does_not_lose_the_table():
    assert b"\\udcff.png" in written((), [["\udcff.png", "", "", ""]])
