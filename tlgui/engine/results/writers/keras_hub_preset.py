"""A preset of KerasHub, and the head that was trained for it."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import keras
from tokenizers import Tokenizer

from tlgui.core.errors import TlguiError
from tlgui.core.export_formats import Quantization
from tlgui.engine.models.linear_head import BIAS, KERNEL
from tlgui.engine.models.preset_files import TOKENIZER_FILE
from tlgui.engine.models.presets import load_backbone
from tlgui.engine.models.text_config import BERT
from tlgui.engine.models.trained_model import assign_tensors, build_trained_model, is_added
from tlgui.engine.results.bundle import Trained, TrainedModel, answer_layers
from tlgui.engine.results.exportable import Exportable

HEAD_FILE: Final = "head.keras"
MASK: Final = "[MASK]"
_POOLINGS: Final = ("mean", "first_token")


def write_keras_hub(
    exportable: Exportable, _quantize: Quantization, model: Path
) -> dict[str, object]:
    """Write the text encoder with its tokenizer as a preset, and the head beside it.

    KerasHub's own classifier of this family has another layer between the two. Its tokenizer needs
    a token for hidden words, which not every vocabulary has, and writes "ß" as "ss", which ours
    does not; ``predict.py`` needs neither.
    """
    [trained] = exportable.trained.models
    backbone = load_backbone(trained.preset_folder)
    network = build_trained_model(trained.preset_folder, trained.tensors, trained.plan)
    tensors = {variable.path: variable.numpy() for variable in network.variables}
    assign_tensors(backbone.variables, tensors)
    backbone.save_to_preset(str(model))
    if tokenizer := hub_tokenizer(trained.preset_folder / TOKENIZER_FILE):
        tokenizer.save_to_preset(str(model))
    _head(trained, tensors).save(model.with_name(HEAD_FILE))
    return {"head": HEAD_FILE}


def hub_tokenizer(path: Path) -> Any:
    """Return KerasHub's tokenizer with the vocabulary of a tokenizer file, or None."""
    from keras_hub.tokenizers import BertTokenizer

    places = Tokenizer.from_file(str(path)).get_vocab()
    if MASK not in places:
        return None
    vocabulary = sorted(places, key=lambda word: places[word])
    return BertTokenizer(vocabulary, lowercase=True, strip_accents=True)


def require_keras_hub(trained: Trained) -> None:
    """Refuse what is no architecture of KerasHub.

    Raises:
        TlguiError: ``export_not_possible``.
    """
    if reason := _why_not(trained.models):
        known = "keras, onnx, litert, saved_model, openvino"
        raise TlguiError("export_not_possible", name="keras_hub", reason=reason, known=known)


def _why_not(models: Sequence[TrainedModel]) -> str:
    if len(models) > 1:
        return "its head belongs to one model, and this ensemble has several"
    [trained] = models
    if trained.preset.family != BERT:
        return f"KerasHub has no architecture like that of {trained.preset.title}"
    if trained.plan.pooling not in _POOLINGS:
        return f"its head reads every layer (pooling {trained.plan.pooling})"
    if any(map(is_added, trained.tensors)) and not _is_low_rank(trained):
        return "the strategy has added layers that KerasHub's own encoder does not have"
    return ""


def _is_low_rank(trained: TrainedModel) -> bool:
    """Return whether all that was added can be merged into the weights that were there."""
    return all(phase.trains.part not in ("adapter", "prompt") for phase in trained.plan.phases)


def _head(trained: TrainedModel, tensors: dict[str, Any]) -> keras.Model:
    """Return a model from the features of every token to probabilities."""
    kernel, bias = tensors[KERNEL], tensors[BIAS]
    states = keras.Input((None, len(kernel)), name="sequence_output")
    mask = keras.Input((None,), dtype="int32", name="padding_mask")
    if trained.plan.pooling == "mean":
        pooled = keras.layers.GlobalAveragePooling1D(name="pooling")(states, mask=mask)
    else:
        pooled = states[:, 0, :]
    head = keras.layers.Dense(len(bias), name="head")
    logits = head(pooled)
    head.set_weights([kernel, bias])
    inputs = {"sequence_output": states, "padding_mask": mask}
    return keras.Model(inputs, answer_layers(logits, trained.temperature), name="head")
