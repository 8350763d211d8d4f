"""ONNX, for any computer."""

from pathlib import Path

from tlgui.core.export_formats import Quantization
from tlgui.engine.results.exportable import Exportable


def write_onnx(exportable: Exportable, quantize: Quantization, model: Path) -> dict[str, object]:
    """Write the model in one file."""
    # here, because whoever exports in another format need not have these packages
    from tlgui.engine.models.onnx_conversion import write_onnx_graph
    from tlgui.engine.results.writers.onnx_weights import fold_constants, make_smaller

    write_onnx_graph(exportable.graph(), model)

    fold_constants(model)
    if quantize:
        make_smaller(model, quantize)
    return {}
