"""Which formats are tried with which tiny models, and the bundles that come of it."""

import pytest

from tlgui.core.export_formats import EXPORT_FORMATS

PICTURES = (
    "solved pictures",
    "fine-tuned pictures",
    "transformer of pictures",
    "pictures together",
)
ADDED = {"low rank": "lora", "adapters": "adapters", "prompts": "prompt_tuning"}  # by strategy
TEXTS = ("vectors", "first token", "fine-tuned texts", "word counts", "texts together", *ADDED)
KINDS = (*PICTURES, *TEXTS)

# a pairwise selection: every format, every kind of model, both kinds of heads
_QUICK = {
    ("keras", "solved pictures"),
    ("saved_model", "fine-tuned pictures"),
    ("onnx", "solved pictures"),
    ("onnx", "first token"),
    ("onnx", "word counts"),
    ("onnx", "pictures together"),
    ("keras", "texts together"),
    ("litert", "fine-tuned pictures"),
    ("litert", "fine-tuned texts"),
    ("openvino", "solved pictures"),
    ("openvino", "vectors"),
    ("keras_hub", "first token"),
}
# models of both kinds of heads that find noise strange, in every format that can say so
FLAGGED = (
    pytest.param("keras", "solved pictures", marks=pytest.mark.slow),
    pytest.param("saved_model", "fine-tuned pictures", marks=pytest.mark.slow),
    ("onnx", "solved pictures"),
    ("litert", "fine-tuned pictures"),
    ("litert", "fine-tuned texts"),
    ("openvino", "solved pictures"),
    ("openvino", "vectors"),
)
_OF_KERAS_HUB = ("first token", "low rank")  # others have another architecture or head


def pairs():
    """Every format with every kind of model that it takes; what takes long is marked as slow."""
    for name in EXPORT_FORMATS:
        for kind in KINDS:
            if name == "keras_hub" and kind not in _OF_KERAS_HUB:
                continue
            marks = () if (name, kind) in _QUICK else (pytest.mark.slow,)
            yield pytest.param(name, kind, marks=marks, id=f"{name}-{kind.replace(' ', '-')}")
