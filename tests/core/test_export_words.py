"""Every format has its words, and a price is said where there is one."""

import pytest

from tlgui.core.events import ExportFinished
from tlgui.core.export_formats import EXPORT_FORMATS, QUANTIZATIONS
from tlgui.core.export_words import FORMAT_WORDS, QUANTIZATION_WORDS, cost_sentence, export_lines


def test_every_format_and_every_kind_of_weights_has_its_words():
    assert [*FORMAT_WORDS] == [*EXPORT_FORMATS]
    assert [*QUANTIZATION_WORDS] == [*QUANTIZATIONS]


@pytest.mark.parametrize("words", [*FORMAT_WORDS.values(), *QUANTIZATION_WORDS.values()])
def test_words_are_calm(words):
    assert words.where[0].isupper()
    assert not words.where.endswith(".")
    assert words.sentence.endswith(".")
    assert "!" not in words.where + words.sentence


def test_price_of_smaller_weights_is_said_beside_what_they_bring():
    assert cost_sentence(_finished(quantize="int8", accuracy=0.931, float_accuracy=0.934)) == (
        "1.9 MB instead of 13.4, accuracy 0.931 instead of 0.934, "
        "200 instead of 100 a second (411 validation samples)."
    )


def test_command_line_says_the_price_only_where_there_is_one():
    proven = "bundle: the same answer as the run for 396 of 400 test samples, probabilities within"

    assert export_lines(_finished()) == [f"{proven} 0.0400"]
    assert len(export_lines(_finished(quantize="int8", accuracy=0.9, float_accuracy=0.9))) == 2


@pytest.mark.parametrize(
    "found",
    [
        {},
        {"quantize": "int8", "accuracy": 0.9},
        {"quantize": "int8", "float_accuracy": 0.9},
    ],
)
def test_nothing_is_said_where_nothing_was_measured(found):
    assert cost_sentence(_finished(**found)) == ""


def _finished(**found):
    return ExportFinished(
        seq=1,
        time_s=0.0,
        format="onnx",
        folder="bundle",
        num_bytes=2_000_000,
        num_samples=400,
        label_agreement=0.99,
        max_probability_difference=0.04,
        samples_per_s=200.0,
        model_bytes=1_900_000,
        num_validation=411,
        float_samples_per_s=100.0,
        float_model_bytes=13_400_000,
        **found,
    )
