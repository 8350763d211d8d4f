"""The weights in an ONNX file: each once, and smaller ones."""

from pathlib import Path
from typing import Any, Final

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import numpy_helper
from onnxruntime import GraphOptimizationLevel, InferenceSession, SessionOptions
from onnxruntime.quantization import QuantType, quantize_dynamic

from tlgui.core.export_formats import Quantization

MIN_VALUES: Final = 256  # of weights that are worth it; smaller ones stay exact
_PRODUCTS: Final = ("MatMul", "Gemm")
_LARGEST: Final = 127

Floats = NDArray[np.float32]


def fold_constants(path: Path) -> None:
    """Compute beforehand what no sample changes.

    The converter leaves weights that are reshaped while the model runs, and a second copy of them:
    a tenth of a small BERT, which could not be made smaller either.
    """
    options = SessionOptions()
    # what comes out has standard operations only
    options.graph_optimization_level = GraphOptimizationLevel.ORT_ENABLE_BASIC
    folded = path.with_name("folded.onnx")
    options.optimized_model_filepath = str(folded)
    InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    model = onnx.load(folded)
    own = [known for known in model.opset_import if not known.domain]
    del model.opset_import[:]
    model.opset_import.extend(own)  # the runtime names all that it knows
    onnx.save(model, path)
    folded.unlink()


def make_smaller(path: Path, quantize: Quantization) -> None:
    """Store the weights of a file in two bytes each, or in one.

    A network of products of matrices also computes with whole numbers then, whose range each
    batch tells. Convolutions compute as before: with ranges from 100 training samples the
    embedded network for pictures was right on 0.75 instead of 0.88 of validation samples.
    """
    model = onnx.load(path)
    if quantize == "float16":
        _halve(model)
        onnx.save(model, path)
    elif any(node.op_type == "Conv" for node in model.graph.node):
        _round_weights(model)
        onnx.save(model, path)
    else:
        _compute_whole(path)


def _halve(model: Any) -> None:
    """Round weights to float16; a cast before their use brings them back."""
    for name, values in _large_weights(model):
        small = f"{name}/float16"
        _replace(model, name, numpy_helper.from_array(values.astype(np.float16), small))
        cast = onnx.helper.make_node("Cast", [small], [name], to=onnx.TensorProto.FLOAT)
        model.graph.node.insert(0, cast)


def _round_weights(model: Any) -> None:
    """Round weights to int8, with a scale for every output; they are scaled before their use.

    Source:
        Krishnamoorthi 2018, arXiv:1806.08342, sections 2.2 (symmetric) and 3.1 (by output).
    """
    outputs = _output_axes(model)
    for name, values in _large_weights(model):
        if name not in outputs:
            continue
        axis = outputs[name] % values.ndim
        others = tuple(number for number in range(values.ndim) if number != axis)
        scales = np.maximum(np.abs(values).max(axis=others) / _LARGEST, np.finfo(np.float32).tiny)
        whole = np.rint(values / np.expand_dims(scales, others)).astype(np.int8)
        small, scale = f"{name}/int8", f"{name}/scale"
        _replace(model, name, numpy_helper.from_array(whole, small))
        model.graph.initializer.append(numpy_helper.from_array(scales.astype(np.float32), scale))
        node = onnx.helper.make_node("DequantizeLinear", [small, scale], [name], axis=axis)
        model.graph.node.insert(0, node)


def _output_axes(model: Any) -> dict[str, int]:
    """Return which axis of each weight counts the outputs."""
    axes = {}
    for node in model.graph.node:
        if node.op_type == "Conv":
            axes[node.input[1]] = 0
        elif node.op_type in _PRODUCTS:
            is_turned = any(a.name == "transB" and a.i for a in node.attribute)
            axes[node.input[1]] = 0 if is_turned else -1
    return axes


def _large_weights(model: Any) -> list[tuple[str, Floats]]:
    """Return the weights of a graph that are worth making smaller, by name."""
    found = [(w.name, numpy_helper.to_array(w)) for w in model.graph.initializer]
    return [(n, v) for n, v in found if v.dtype == np.float32 and v.size >= MIN_VALUES]


def _replace(model: Any, name: str, smaller: Any) -> None:
    [old] = [tensor for tensor in model.graph.initializer if tensor.name == name]
    model.graph.initializer.remove(old)
    model.graph.initializer.append(smaller)


def _compute_whole(path: Path) -> None:
    """Round the weights of products to int8, and what comes to them batch by batch."""
    whole = path.rename(path.with_name("whole.onnx"))
    quantize_dynamic(
        whole,
        path,
        op_types_to_quantize=[*_PRODUCTS, "Gather"],
        per_channel=True,
        weight_type=QuantType.QInt8,
    )
    whole.unlink()
