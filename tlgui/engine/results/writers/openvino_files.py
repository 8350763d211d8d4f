"""OpenVINO, for processors of Intel."""

import sys
from pathlib import Path

from tlgui.core.export_formats import Quantization
from tlgui.engine.results.exportable import Exportable


def write_openvino(
    exportable: Exportable, quantize: Quantization, model: Path
) -> dict[str, object]:
    """Write the model and, beside it, its weights."""
    # its converter would tell its maker, and uses an empty stand-in where this cannot be imported
    sys.modules.setdefault("openvino_telemetry", None)  # type: ignore[arg-type]
    import openvino

    exportable.graph().export(str(model), format="openvino", verbose=False)
    if quantize == "float16":
        whole = model.rename(model.with_name("whole.xml"))
        weights = model.with_suffix(".bin").rename(model.with_name("whole.bin"))
        openvino.save_model(openvino.Core().read_model(whole), model, compress_to_fp16=True)
        whole.unlink()
        weights.unlink()
    return {}
