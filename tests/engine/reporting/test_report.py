"""The page that people print and send."""

import json
import re
import subprocess
import sys
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest

from tests.core import examples
from tests.engine.reporting.conftest import HOSTILE
from tests.presets import CATALOG
from tlgui.core.errors import TlguiError
from tlgui.engine.reporting.report import report, write_report
from tlgui.engine.reporting.run_facts import CERTIFICATES, facts_of_run

VOID = {"meta", "img", "br"}


class Page(HTMLParser):
    """What a browser would make of a page; every element has to be closed."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.open, self.words, self.sources = [], [], [], []
        self.feed(text)
        assert not self.open

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        if tag not in VOID:
            self.open.append(tag)
        self.sources += [value for name, value in attrs if name in ("src", "href")]
        assert not any(name.startswith("on") for name, _ in attrs)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.words.append(data)

    @property
    def text(self):
        return " ".join(self.words)


def page_of(run):
    return Page(report(facts_of_run(run, CATALOG)))


def test_report_tells_everything_that_is_known_of_a_run(make_finished, look_at):
    run = make_finished()
    look_at(run)
    record = {"format": "onnx", "folder": "/out", "label_agreement": 1.0, "num_samples": 2}
    (run.path / CERTIFICATES).write_text(json.dumps(record) + "\n")

    page = page_of(run)

    for words in (
        "Right on 93 % of pictures it never saw",
        "Result on the test samples",
        "How sure it is",
        "Worst mistakes (1 in all)",
        "may have a wrong label",
        "The colors along the border",
        "and 10 more",  # problems
        "EfficientNet-Lite0",
        "Apache-2.0",
        "tlgui train",
        "Epoch 3 is kept",
        "onnx",
        "100.00%",
        "about 0.020 kWh (estimate)",
        "keras 3.15",
        "Methods",
        "arXiv:1905.11946",
    ):
        assert words in page.text, words
    assert page.tags.count("svg") == 5  # loss, accuracy, calibration, ROC, precision and recall
    assert page.tags.count("img") == 1


def test_names_of_a_person_cannot_become_markup(make_finished):
    page = page_of(make_finished())
    assert "script" not in page.tags
    assert HOSTILE in page.text


def test_page_fetches_nothing_and_runs_nothing(make_finished):
    text = report(facts_of_run(make_finished(), CATALOG))
    page = Page(text)
    assert all(source.startswith("data:image/jpeg;base64,") for source in page.sources)
    assert not {"script", "link", "iframe", "object"} & set(page.tags)
    assert "url(" not in text


def test_texts_are_shown_by_how_they_begin(make_finished):
    page = page_of(make_finished(preset="all_minilm_l6_v2_en"))
    assert f"You have won {HOSTILE}" in page.text
    assert "img" not in page.tags


def test_run_without_a_result_says_so(make_finished):
    page = page_of(make_finished(has_result=False))
    assert "No result yet: interrupted, can be continued" in page.text
    assert "the test samples were not asked yet" in page.text
    assert "Confusions" not in page.text


def test_run_that_has_learned_nothing_can_be_told_of(make_finished):
    run = make_finished(has_result=False, is_old=True)
    (run.path / "events.jsonl").unlink()
    page = page_of(run)
    assert "Nothing was learned that could be judged so far" in page.text


def test_run_of_an_earlier_version_has_what_was_known_then(make_finished):
    page = page_of(make_finished(is_old=True))
    assert "Right on 93 %" in page.text
    assert "kWh" not in page.text
    assert "Calibration:" not in page.text


def test_model_that_this_version_does_not_know_keeps_its_id(make_finished):
    run = make_finished()
    page = Page(report(facts_of_run(run, {})))
    assert "efficientnet_lite0_imagenet" in page.text
    assert "tlgui train" not in page.text


@pytest.mark.parametrize("name", ["energy.json", "review/review.json", "evaluation/curves.jsonl"])
def test_damaged_companion_costs_only_its_part(make_finished, look_at, name):
    run = make_finished()
    look_at(run)
    (run.path / name).write_text("{")
    (run.path / "environment.json").write_text("{")
    assert "Right on 93 %" in page_of(run).text


def test_damaged_result_is_told(make_finished):
    run = make_finished()
    (run.evaluation / "evaluation.json").write_text("{")
    with pytest.raises(TlguiError, match="run_damaged"):
        facts_of_run(run, CATALOG)


def test_many_classes_get_the_worst_confusions_in_place_of_a_matrix(make_finished):
    run = make_finished(is_old=True)
    score = examples.evaluation().classes[0]
    names = [f"class {number}" for number in range(40)]
    confusion = [[0] * 40 for _ in names]
    confusion[3][7] = 9
    evaluation = replace(
        examples.evaluation(),
        classes=tuple(replace(score, name=name) for name in names),
        confusion=tuple(map(tuple, confusion)),
    )
    (run.evaluation / "evaluation.json").write_text(evaluation.to_json())

    page = page_of(run)

    assert "class 3 taken for class 7" in page.text
    assert page.text.count(" taken for ") == 1


def test_file_name_that_is_no_unicode_can_be_written(make_finished, tmp_path):
    run = make_finished()
    text = run.path / "plan.json"
    text.write_text(text.read_text().replace('"group_by": ""', '"group_by": "\\udcff"'))

    write_report(run, CATALOG, tmp_path / "r.html")

    assert "Right on" in (tmp_path / "r.html").read_text(encoding="utf-8")


def test_report_needs_nothing_that_computes():
    code = (
        "import sys, tlgui.engine.reporting.report, tlgui.engine.reporting.model_card\n"
        "heavy = ('numpy', 'keras', 'tensorflow', 'PIL', 'sklearn', 'codecarbon')\n"
        "sys.exit(', '.join(n for n in heavy if n in sys.modules) or 0)"
    )
    root = Path(__file__).parents[3]
    subprocess.run([sys.executable, "-c", code], check=True, cwd=root)


def test_page_prints_on_paper():
    style = (Path(__file__).parents[3] / "resources" / "report" / "page.html").read_text()
    assert re.search(r"@page \{ size: A4", style)
    assert "break-inside: avoid" in style
