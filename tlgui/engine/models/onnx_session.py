"""Opens the graph of a preset in ONNX Runtime."""

from pathlib import Path
from typing import Final

import onnxruntime
from onnxruntime.capi import onnxruntime_pybind11_state as runtime

from tlgui.engine.models.preset_files import damaged

ERRORS_ONLY: Final = 3

# ONNX Runtime's exceptions have no common base
REFUSALS: Final = (
    runtime.Fail,
    runtime.InvalidArgument,
    runtime.InvalidGraph,
    runtime.InvalidProtobuf,
    runtime.NoSuchFile,
    runtime.NotImplemented,
    runtime.RuntimeException,
)


def open_session(path: Path, num_threads: int = 0) -> onnxruntime.InferenceSession:
    """Return a session on the processor; several threads may run it at once.

    Args:
        path: The graph.
        num_threads: That share the work of one run; 0 is one per core.

    Raises:
        TlguiError: ``preset_damaged``.
    """
    onnxruntime.disable_telemetry_events()
    options = onnxruntime.SessionOptions()
    options.log_severity_level = ERRORS_ONLY
    options.intra_op_num_threads = num_threads
    try:
        return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    except REFUSALS as error:
        damaged(path, str(error), error)
