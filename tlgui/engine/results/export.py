"""A run as a bundle that works without tlgui, proven in a fresh process."""

import hashlib
import json
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import keras
import numpy as np

from tlgui.core import durable
from tlgui.core.catalog import PresetInfo
from tlgui.core.dataset import Dataset
from tlgui.core.errors import TlguiError
from tlgui.core.events import ExportFinished
from tlgui.core.run_folder import RunFolder
from tlgui.engine.channel import Channel
from tlgui.engine.child import FreshModel
from tlgui.engine.data.images import decode, read_pixels
from tlgui.engine.models.classifiers import best_checkpoint, load_classifier
from tlgui.engine.models.library import PresetLibrary
from tlgui.engine.models.trained_model import build_trained_model
from tlgui.engine.results.evaluate import evaluate_run
from tlgui.engine.versions import package_versions

MODEL_FILE: Final = "model.keras"
# of a probability: rounding to 8 bit after the resize moved one by 0.03 in 47
MAX_DIFFERENCE: Final = 0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """The exported model beside the run's own on the same samples.

    Attributes:
        label_agreement: Fraction of samples with the same class, 0..1.
        num_samples: How many were compared.
        max_probability_difference: Largest difference of any probability.
    """

    label_agreement: float
    num_samples: int
    max_probability_difference: float


def export_run(
    run: RunFolder, library: PresetLibrary, export_format: str, to: Path, channel: Channel
) -> None:
    """Write the best model of a run as a bundle.

    Raises:
        TlguiError: the format is unknown, the folder is not empty, there is no result yet, or
            the exported model disagrees with the run; nothing is left then.
    """
    if export_format not in FORMATS:
        raise TlguiError("export_format_unknown", name=export_format, known=", ".join(FORMATS))
    if to.exists() and (not to.is_dir() or any(to.iterdir())):
        raise TlguiError("folder_not_empty", path=str(to))
    dataset, preset = run.read_dataset(), library.catalog[run.read_plan().preset]
    if run.read_evaluation().epoch != best_checkpoint(run).position.epoch:
        evaluate_run(run, library, channel)  # trained on since: a bundle says how good its model is
    with durable.published_folder(to) as partial:
        channel.progress("exporting", 0, 1)
        _write_model(run, library.folder(preset.id), preset, partial / MODEL_FILE)
        channel.progress("exporting", 1, 1)
        _write_companions(run, library.folder(preset.id), preset, partial)
        comparison = _compare(run, library, dataset, partial / MODEL_FILE, channel)
        _write_certificate(partial, comparison)
    channel.send(
        ExportFinished,
        format=export_format,
        folder=str(to),
        num_bytes=sum(file.stat().st_size for file in to.iterdir()),
        num_samples=comparison.num_samples,
        label_agreement=comparison.label_agreement,
        max_probability_difference=comparison.max_probability_difference,
    )


FORMATS: Final = ("keras",)


def with_preprocessing(model: keras.Model, size_px: int) -> keras.Model:
    """Return a model from pixels of any size to probabilities, made of stock layers only.

    Args:
        model: resized pixels (batch, size, size, 3) in 0..255 to logits.
        size_px: side of the square it takes.

    Returns:
        A functional model: pixels (batch, height, width, 3) in 0..255 to probabilities
        (batch, num_classes).
    """
    pixels = keras.Input((None, None, 3), name="pixels")
    resize = keras.layers.Resizing(size_px, size_px, antialias=True, name="resize")
    # without training=False everything after it would run in training mode
    logits = model(resize(pixels, training=False), training=False)
    probabilities = keras.layers.Softmax(name="probabilities")(logits)
    return keras.Model(pixels, probabilities, name="tlgui_classifier")


def _write_model(run: RunFolder, preset_folder: Path, preset: PresetInfo, file: Path) -> None:
    trained = build_trained_model(preset_folder, best_checkpoint(run).tensors)
    with_preprocessing(trained, preset.input_size_px).save(file)


def _write_companions(
    run: RunFolder, preset_folder: Path, preset: PresetInfo, bundle: Path
) -> None:
    classes = run.read_dataset().classes
    preprocessing = {
        "inside_the_model": ["resize", "scaling"],
        "input": "RGB pixels 0..255, height x width x 3, oriented by EXIF, alpha on white",
        "resize": {"size_px": preset.input_size_px, "method": "bilinear, antialiased, stretched"},
    }
    _write_json(bundle / "labels.json", list(classes))
    _write_json(bundle / "preprocessing.json", preprocessing)
    shutil.copyfile(preset_folder / "LICENSE", bundle / "LICENSE")
    shutil.copyfile(preset_folder / "NOTICE", bundle / "NOTICE")
    (bundle / "README.md").write_text(_readme(run, preset), encoding="utf-8")


def _readme(run: RunFolder, preset: PresetInfo) -> str:
    evaluation, plan = run.read_evaluation(), run.read_plan()
    accuracy = evaluation.accuracy
    return f"""# A picture classifier

Fine-tuned with tlgui from {preset.title} ({preset.license}, trained on {preset.trained_on})
with the strategy `{plan.strategy}`.

It tells apart: {", ".join(run.read_dataset().classes)}.

On {evaluation.num_samples} pictures it never saw it was right in {accuracy.value:.1%}
(95 % interval {accuracy.low:.1%} to {accuracy.high:.1%}); always guessing
{evaluation.majority_class} would give {evaluation.majority_baseline:.1%}. Balanced accuracy
{evaluation.balanced_accuracy.value:.1%}, macro-F1 {evaluation.macro_f1.value:.3f}.

## Use it

Needs `keras`, `tensorflow` and, to read files, `pillow`. Resizing and scaling are inside the
model.

```python
import json

import keras
import numpy as np
from PIL import Image, ImageOps

model = keras.saving.load_model("{MODEL_FILE}")
labels = json.load(open("labels.json", encoding="utf-8"))
picture = ImageOps.exif_transpose(Image.open("picture.jpg")).convert("RGBA")
white = Image.new("RGBA", picture.size, "white")
picture = Image.alpha_composite(white, picture).convert("RGB")
probabilities = model.predict(np.asarray(picture)[np.newaxis])[0]
print(labels[probabilities.argmax()], probabilities.max())
```

`certificate.json` says how this file was compared with the original after it was written.
"""


def _compare(
    run: RunFolder, library: PresetLibrary, dataset: Dataset, model: Path, channel: Channel
) -> Comparison:
    classifier = load_classifier(run, library)
    samples = dataset.of_split("test")
    size_px = library.catalog[run.read_plan().preset].input_size_px
    num_same, num_wrong, difference = 0, 0, 0.0
    with FreshModel(model) as exported:
        for done, sample in enumerate(samples, start=1):
            channel.stop_if_requested()
            path = Path(dataset.folder, sample.path)
            ours = classifier(read_pixels(path, size_px)[np.newaxis])[0]
            theirs = exported.probabilities(np.asarray(decode(path).pixels))
            is_tie = ours.max() - ours[theirs.argmax()] < MAX_DIFFERENCE
            num_same += int(ours.argmax() == theirs.argmax())
            num_wrong += int(ours.argmax() != theirs.argmax() and not is_tie)
            difference = max(difference, float(np.abs(ours - theirs).max()))
            channel.progress("comparing", done, len(samples))
    if num_wrong or difference > MAX_DIFFERENCE:
        reason = (
            f"the same class for {num_same} of {len(samples)} pictures, "
            f"probabilities within {difference:.3f}"
        )
        raise TlguiError("export_disagrees", reason=reason)
    return Comparison(
        label_agreement=num_same / len(samples),
        num_samples=len(samples),
        max_probability_difference=difference,
    )


def _write_certificate(bundle: Path, comparison: Comparison) -> None:
    certificate = {
        "label_agreement": comparison.label_agreement,
        "num_samples": comparison.num_samples,
        "max_probability_difference": comparison.max_probability_difference,
        "versions": package_versions("keras", "tensorflow", "numpy"),
        "sha256": {
            file.name: hashlib.sha256(file.read_bytes()).hexdigest()
            for file in sorted(bundle.iterdir())
        },
    }
    _write_json(bundle / "certificate.json", certificate)


def _write_json(path: Path, content: object) -> None:
    path.write_text(json.dumps(content, indent=2, ensure_ascii=False), encoding="utf-8")
