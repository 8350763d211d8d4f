"""The English words about exports that the command line and the window share."""

from dataclasses import dataclass
from typing import Final

from tlgui.core.events import ExportFinished
from tlgui.core.export_formats import Quantization


@dataclass(frozen=True, slots=True, kw_only=True)
class FormatWords:
    """What a person chooses a format by.

    Attributes:
        where: The answer to "Where will it run?".
        term: What the field calls it.
        sentence: What it is good for.
    """

    where: str
    term: str
    sentence: str


FORMAT_WORDS: Final[dict[str, FormatWords]] = {
    "keras": FormatWords(
        where="Keras, in Python",
        term=".keras",
        sentence="One file for Python programs. It can be trained further.",
    ),
    "onnx": FormatWords(
        where="Any computer",
        term="ONNX",
        sentence="Fast and small to install: Windows, macOS, Linux and browsers, from many "
        "programming languages.",
    ),
    "litert": FormatWords(
        where="Phone or small device",
        term="LiteRT, formerly TensorFlow Lite",
        sentence="For Android, iOS and single-board computers.",
    ),
    "saved_model": FormatWords(
        where="Web server",
        term="TensorFlow SavedModel",
        sentence="A folder that TensorFlow Serving and cloud services take as it is.",
    ),
    "openvino": FormatWords(
        where="Intel processor",
        term="OpenVINO",
        sentence="For processors and graphics chips of Intel.",
    ),
    "keras_hub": FormatWords(
        where="KerasHub, in Python",
        term="KerasHub preset",
        sentence="A folder from which KerasHub loads the fine-tuned text encoder, to build on.",
    ),
}

QUANTIZATION_WORDS: Final[dict[Quantization, FormatWords]] = {
    "": FormatWords(where="As it is", term="float32", sentence="The answers are those of the run."),
    "float16": FormatWords(
        where="Half the size",
        term="float16",
        sentence="Weights take two bytes instead of four; answers hardly change.",
    ),
    "int8": FormatWords(
        where="A quarter of the size",
        term="int8",
        sentence="Weights take one byte instead of four. Some answers may change: how many is "
        "measured on the validation part.",
    ),
}


def export_lines(finished: ExportFinished) -> list[str]:
    """Return what was proven about a bundle, and what smaller weights cost."""
    same = round(finished.label_agreement * finished.num_samples)
    proven = (
        f"{finished.folder}: the same answer as the run for {same} of {finished.num_samples} "
        f"test samples, probabilities within {finished.max_probability_difference:.4f}"
    )
    return [proven, *filter(None, [cost_sentence(finished)])]


def cost_sentence(finished: ExportFinished) -> str:
    """Return what the smaller weights cost and bring, or "" where weights are as they were."""
    if not finished.quantize or finished.accuracy is None or finished.float_accuracy is None:
        return ""
    return (
        f"{finished.model_bytes / 1e6:.1f} MB instead of {finished.float_model_bytes / 1e6:.1f}, "
        "accuracy "
        f"{finished.accuracy:.3f} instead of {finished.float_accuracy:.3f}, "
        f"{finished.samples_per_s:.0f} instead of {finished.float_samples_per_s:.0f} a second "
        f"({finished.num_validation} validation samples)."
    )
