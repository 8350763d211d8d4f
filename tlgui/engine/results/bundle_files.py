"""All files of a bundle but what proves it."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Final

from tlgui.core.export_formats import ExportFormat, Quantization
from tlgui.core.export_words import FORMAT_WORDS, QUANTIZATION_WORDS
from tlgui.engine.results.bundle import bundle_script, readme, write_companions
from tlgui.engine.results.exportable import Exportable
from tlgui.engine.results.writers.keras_file import write_keras
from tlgui.engine.results.writers.keras_hub_preset import write_keras_hub
from tlgui.engine.results.writers.litert import write_litert
from tlgui.engine.results.writers.onnx_file import write_onnx
from tlgui.engine.results.writers.openvino_files import write_openvino
from tlgui.engine.results.writers.saved_model import write_saved_model

# each writes a model to a path and returns what preprocessing.json has to say of it
Writer = Callable[[Exportable, Quantization, Path], dict[str, object]]
WRITERS: Final[dict[str, Writer]] = {
    "keras": write_keras,
    "saved_model": write_saved_model,
    "litert": write_litert,
    "onnx": write_onnx,
    "openvino": write_openvino,
    "keras_hub": write_keras_hub,
}
SCRIPT: Final = "predict.py"
RUNTIME: Final = "model_runtime.py"
FLAGS: Final = """

What is unlike anything it was trained on is marked. `Classifier().answers(...)` has the
`strangeness` of each sample, above 1 where it is marked."""


def write_bundle(
    exportable: Exportable, known: ExportFormat, quantize: Quantization, bundle: Path
) -> None:
    """Write a model in a format, and everything that a receiver needs beside it."""
    about = WRITERS[known.id](exportable, quantize, bundle / known.model)
    settings = {
        "format": known.id,
        "quantize": quantize,
        "model": known.model,
        **exportable.settings(),
        **about,
    }
    exportable.write_companions(bundle)
    write_companions(exportable.trained, settings, bundle)
    shutil.copyfile(bundle_script(exportable.script), bundle / SCRIPT)
    shutil.copyfile(bundle_script(f"runtime_{known.id}.py"), bundle / RUNTIME)
    packages = {*known.running, *exportable.packages}
    packages |= {"keras-hub"} if about.get("needs_keras_hub") else set()
    (bundle / "requirements.txt").write_text("\n".join(sorted(packages)) + "\n", encoding="utf-8")
    text = readme(exportable.trained, _about(known, quantize), _usage(exportable, packages))
    (bundle / "README.md").write_text(text, encoding="utf-8")


def _about(known: ExportFormat, quantize: Quantization) -> str:
    words = FORMAT_WORDS[known.id]
    weights = f" Weights: {QUANTIZATION_WORDS[quantize].term}." if quantize else ""
    return f"Format: {words.term} (`{known.model}`).{weights}"


def _usage(exportable: Exportable, packages: set[str]) -> str:
    is_picture = exportable.trained.dataset.modality == "image"
    asked = "photo.jpg another.png" if is_picture else '"a text" "another text"'
    flags = FLAGS if exportable.trained.strangeness is not None else ""
    return f"""Needs Python and {", ".join(f"`{name}`" for name in sorted(packages))}:

```
pip install -r requirements.txt
python predict.py {asked}
```

In a program of yours: `Classifier().probabilities(...)` of `predict.py`.{flags}"""
