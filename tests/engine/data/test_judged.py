"""Nothing that answers are judged by may be learned from, wherever its copies lie."""

import csv

from tlgui.engine.channel import Channel
from tlgui.engine.data.judged import without_copies_of
from tlgui.engine.data.scan import scan_folder
from tlgui.engine.data.tables import TableColumns
from tlgui.engine.data.unlabeled import scan_unlabeled

INVOICE = "Dear customer, your invoice number 4711 of May is now due, please pay it within 14 days"
LETTERS = {
    "due": (INVOICE, "We have not had your money for the last three deliveries of paper"),
    "thanks": ("The parcel came this morning, all were glad", "What a lovely evening that was"),
}


def folder_of(folder, classes):
    for name, texts in classes.items():
        (folder / name).mkdir(parents=True)
        for number, text in enumerate(texts):
            (folder / name / f"{number}.txt").write_text(text)
    return scan_folder(folder, Channel())


def test_near_copy_of_a_judged_text_is_left_out_and_other_texts_stay(tmp_path):
    own = folder_of(tmp_path / "own", LETTERS)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "copy.txt").write_text(LETTERS["thanks"][0])
    (elsewhere / "near.txt").write_text(INVOICE.replace("4711", "0815") + "!")
    (elsewhere / "new.txt").write_text("The meeting of the club is on Friday at the old mill")

    found = scan_unlabeled(elsewhere, "text", Channel())

    assert len(found.samples) == 3
    left = without_copies_of(found, own.samples, own, Channel())
    assert [sample.path for sample in left] == ["new.txt"]
    assert len(without_copies_of(found, (), own, Channel())) == 3


def test_near_copies_are_found_across_a_table_and_a_folder(tmp_path):
    own = folder_of(tmp_path / "own", LETTERS)
    rows = [("The meeting of the club is on Friday at the mill", "thanks"), (f"{INVOICE}.", "due")]
    with (tmp_path / "older.csv").open("w", newline="") as file:
        csv.writer(file).writerows([("text", "label"), *rows, ("pay or we come", "due")])
    columns = TableColumns(text="text", label="label")

    found = scan_folder(tmp_path / "older.csv", Channel(), columns=columns)

    left = without_copies_of(found, own.samples, own, Channel())
    assert [found.classes[sample.label] for sample in left] == ["thanks", "due"]


def test_only_exact_copies_of_pictures_are_known(shared_pictures):
    own = scan_folder(shared_pictures, Channel())
    judged = own.samples[::2]

    assert without_copies_of(own, judged, own, Channel()) == own.samples[1::2]
