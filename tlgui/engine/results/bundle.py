"""What every kind of bundle is made from, and the files for people and programs in it.

``preprocessing.json`` says what a bundle is: its ``format`` (of ``EXPORT_FORMATS``), ``quantize``,
``model`` (a file or folder beside it), ``reads`` ("pictures", "tokens" or "word_counts"), the
``modality`` ("image" or "text"), ``classes``, ``not_sure_below``, and what ``predict.py`` needs to
know of samples.
"""

import json
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import keras
from keras import KerasTensor

from tlgui.core.catalog import PresetInfo
from tlgui.core.dataset import Dataset
from tlgui.core.evaluation import Evaluation
from tlgui.core.plan import Plan
from tlgui.core.run_folder import RunFolder
from tlgui.core.settings import resources_folder
from tlgui.core.wording import SAMPLES
from tlgui.engine.data.inputs import BatchFunction
from tlgui.engine.models.checkpoints import Tensors
from tlgui.engine.models.classifiers import best_checkpoint, load_answers, temperature_of
from tlgui.engine.models.library import PresetLibrary

SETTINGS_FILE: Final = "preprocessing.json"
LABELS_FILE: Final = "labels.json"
CERTIFICATE_FILE: Final = "certificate.json"
GOLDEN_FOLDER: Final = "golden"


@dataclass(frozen=True, slots=True, kw_only=True)
class Trained:
    """A run's best model and everything that is known of it.

    Attributes:
        dataset: Its samples are dealt to splits.
        plan: What was done.
        preset: The pretrained model.
        preset_folder: Where its files lie.
        tensors: The best checkpoint's.
        evaluation: Of this very model on the test split.
        temperature: What its logits are divided by.
        threshold: Less sure answers than this are "not sure".
        classifier: The model as tlgui itself uses it, after the temperature.
    """

    dataset: Dataset
    plan: Plan
    preset: PresetInfo
    preset_folder: Path
    tensors: Tensors
    evaluation: Evaluation
    temperature: float
    threshold: float
    classifier: BatchFunction

    @classmethod
    def of_run(cls, run: RunFolder, library: PresetLibrary) -> "Trained":
        """Return what a run came to.

        Raises:
            TlguiError: there is no result yet, or something is damaged or missing.
        """
        plan, best = run.read_plan(), best_checkpoint(run)
        return cls(
            dataset=run.read_dataset(),
            plan=plan,
            preset=library.catalog[plan.preset],
            preset_folder=library.folder(plan.preset),
            tensors=best.tensors,
            evaluation=run.read_evaluation(),
            temperature=temperature_of(run, best.position.epoch),
            threshold=run.read_threshold(),
            classifier=load_answers(run, library),
        )


def answer_layers(logits: KerasTensor, temperature: float) -> KerasTensor:
    """Return the probabilities that a bundle's model gives for its logits."""
    scaled = keras.layers.Rescaling(1 / temperature, name="temperature")(logits)
    return keras.layers.Softmax(name="probabilities")(scaled)


def write_json(path: Path, content: object) -> None:
    """Write a file of a bundle, for people too."""
    path.write_text(json.dumps(content, indent=2, ensure_ascii=False), encoding="utf-8")


def bundle_script(name: str) -> Path:
    """Return a script that bundles get."""
    return resources_folder() / "bundle" / name


def write_companions(trained: Trained, settings: Mapping[str, object], bundle: Path) -> None:
    """Write what every bundle has around its model: settings, labels, license, self-test."""
    classes = list(trained.dataset.classes)
    whole = {
        **settings,
        "modality": trained.dataset.modality,
        "classes": classes,
        "text_column": trained.dataset.text_column,
        "not_sure_below": trained.threshold,
    }
    write_json(bundle / SETTINGS_FILE, whole)
    write_json(bundle / LABELS_FILE, classes)
    for name in ("LICENSE", "NOTICE"):  # a method without pretrained weights has none
        if (trained.preset_folder / name).exists():
            shutil.copyfile(trained.preset_folder / name, bundle / name)
    shutil.copyfile(bundle_script("selftest.py"), bundle / "selftest.py")


def readme(trained: Trained, about: str, usage: str) -> str:
    """Return what a receiver should know.

    Args:
        trained: What was exported.
        about: In which form, as a sentence.
        usage: How to ask the model, as Markdown.
    """
    evaluation, preset, plan = trained.evaluation, trained.preset, trained.plan
    accuracy, samples = evaluation.accuracy, SAMPLES[trained.dataset.modality]
    return f"""# A classifier of {samples}

Fine-tuned with tlgui from {preset.title} ({preset.license}, trained on {preset.trained_on})
with the strategy `{plan.strategy}`. {about}

It tells apart: {", ".join(trained.dataset.classes)}.

On {evaluation.num_samples} {samples} it never saw it was right in {accuracy.value:.1%}
(95 % interval {accuracy.low:.1%} to {accuracy.high:.1%}); always guessing
{evaluation.majority_class} would give {evaluation.majority_baseline:.1%}. Balanced accuracy
{evaluation.balanced_accuracy.value:.1%}, macro-F1 {evaluation.macro_f1.value:.3f}.

## Use it

{usage.strip()}

## Check it

`python selftest.py` checks every file and asks the model again for the answers to the samples in
`golden`, which are copies of {samples} of the test part: remove nothing, or it will say so.
`certificate.json` says how this model was compared with the original after it was written.
"""
