"""The formats that a model can be exported in, as data: what each needs and what it offers."""

from dataclasses import dataclass
from typing import Final, Literal

from tlgui.core.dataset import Modality

# how weights are stored: as they are, in two bytes each, or in one
Quantization = Literal["", "float16", "int8"]
QUANTIZATIONS: Final[tuple[Quantization, ...]] = ("", "float16", "int8")
MODALITIES: Final[tuple[Modality, ...]] = ("image", "text")


@dataclass(frozen=True, slots=True, kw_only=True)
class Package:
    """A Python package.

    Attributes:
        name: What pip calls it.
        module: What Python imports.
    """

    name: str
    module: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportFormat:
    """One way to write a model; ``export_words.FORMAT_WORDS`` has its sentences.

    Attributes:
        id: What ``--format`` and ``ExportJob.format`` take.
        model: Name of the model's file, or of its folder, in a bundle.
        writing: What tlgui needs to write and to check it.
        running: What a receiver needs to run it, besides what reads the samples.
        picture_quantizations: How a model of pictures can be stored, as it is first.
        text_quantizations: Likewise of texts; none means that there is no such export.
    """

    id: str
    model: str
    writing: tuple[Package, ...]
    running: tuple[str, ...]
    picture_quantizations: tuple[Quantization, ...] = ("",)
    text_quantizations: tuple[Quantization, ...] = ("",)

    def quantizations(self, modality: Modality) -> tuple[Quantization, ...]:
        """Return how a model can be stored, as it is first; empty where it cannot be exported."""
        return self.picture_quantizations if modality == "image" else self.text_quantizations


_KERAS: Final = Package(name="keras", module="keras")
_KERAS_HUB: Final = Package(name="keras-hub", module="keras_hub")
_TENSORFLOW: Final = Package(name="tensorflow", module="tensorflow")
_ONNX: Final = tuple(Package(name=name, module=name) for name in ("onnx", "tf2onnx", "onnxruntime"))
_OPENVINO: Final = Package(name="openvino", module="openvino")
_LITERT: Final = Package(name="ai-edge-litert", module="ai_edge_litert")

EXPORT_FORMATS: Final[dict[str, ExportFormat]] = {
    known.id: known
    for known in (
        ExportFormat(
            id="keras",
            model="model.keras",
            writing=(_KERAS, _TENSORFLOW),
            running=("keras", "tensorflow"),
        ),
        ExportFormat(
            id="onnx",
            model="model.onnx",
            writing=(_TENSORFLOW, *_ONNX),
            running=("onnxruntime",),
            picture_quantizations=QUANTIZATIONS,
            text_quantizations=QUANTIZATIONS,
        ),
        ExportFormat(
            id="litert",
            model="model.tflite",
            writing=(_TENSORFLOW, _LITERT),
            running=("ai-edge-litert",),
            picture_quantizations=QUANTIZATIONS,
            text_quantizations=QUANTIZATIONS,
        ),
        ExportFormat(
            id="saved_model",
            model="saved_model",
            writing=(_TENSORFLOW,),
            running=("tensorflow",),
        ),
        ExportFormat(
            id="openvino",
            model="model.xml",
            writing=(_TENSORFLOW, _OPENVINO),
            running=("openvino",),
            picture_quantizations=("", "float16"),
            text_quantizations=("", "float16"),
        ),
        ExportFormat(
            id="keras_hub",
            model="preset",
            writing=(_KERAS, _KERAS_HUB, _TENSORFLOW),
            running=("keras", "keras-hub", "tensorflow"),
            picture_quantizations=(),
        ),
    )
}


def formats_for(modality: Modality) -> tuple[ExportFormat, ...]:
    """Return the formats that a model of such samples can be exported in."""
    return tuple(known for known in EXPORT_FORMATS.values() if known.quantizations(modality))
