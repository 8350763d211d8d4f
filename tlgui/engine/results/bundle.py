"""What every kind of bundle is made from, and the files for people and programs in it.

``preprocessing.json`` says what a bundle is: its ``format`` (of ``EXPORT_FORMATS``), ``quantize``,
``model`` (a file or folder beside it), ``reads`` ("pictures", "tokens" or "word_counts"), the
``modality`` ("image" or "text"), ``classes``, ``not_sure_below``, whether it ``flags_unfamiliar``
samples, and what ``predict.py`` needs to know of them.
"""

import json
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, replace
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
from tlgui.engine.models.answerer import Answerer, open_answerer
from tlgui.engine.models.checkpoints import Tensors
from tlgui.engine.models.classifiers import best_checkpoint, temperature_of
from tlgui.engine.models.library import PresetLibrary
from tlgui.engine.models.strangeness import Strangeness

SETTINGS_FILE: Final = "preprocessing.json"
LABELS_FILE: Final = "labels.json"
CERTIFICATE_FILE: Final = "certificate.json"
GOLDEN_FOLDER: Final = "golden"


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainedModel:
    """The best model of one run.

    Attributes:
        plan: What was done.
        preset: The pretrained model.
        preset_folder: Where its files lie.
        tensors: The best checkpoint's.
        temperature: What its logits are divided by.
    """

    plan: Plan
    preset: PresetInfo
    preset_folder: Path
    tensors: Tensors
    temperature: float

    @classmethod
    def of_run(cls, run: RunFolder, library: PresetLibrary) -> "TrainedModel":
        """Return the best model of a run, or of a member of an ensemble.

        Raises:
            TlguiError: there is no result yet, or something is damaged or missing.
        """
        plan, best = run.read_plan(), best_checkpoint(run)
        return cls(
            plan=plan,
            preset=library.catalog[plan.preset],
            preset_folder=library.folder(plan.preset),
            tensors=best.tensors,
            temperature=temperature_of(run, best.position.epoch),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Trained:
    """What answers for a run and everything that is known of it.

    Attributes:
        dataset: Its samples are dealt to splits.
        models: The run's best, or those of an ensemble.
        evaluation: Of these very models on the test split.
        threshold: Less sure answers than this are "not sure".
        answerer: The models as tlgui itself uses them.
    """

    dataset: Dataset
    models: tuple[TrainedModel, ...]
    evaluation: Evaluation
    threshold: float
    answerer: Answerer

    @classmethod
    def of_run(cls, run: RunFolder, library: PresetLibrary) -> "Trained":
        """Return what a run came to.

        Raises:
            TlguiError: there is no result yet, or something is damaged or missing.
        """
        return cls(
            dataset=run.read_dataset(),
            models=tuple(TrainedModel.of_run(member, library) for member in run.members),
            evaluation=run.read_evaluation(),
            threshold=run.read_threshold(),
            answerer=open_answerer(run, library),
        )

    @property
    def strangeness(self) -> Strangeness | None:
        """What tells how strange samples are; None where nobody knows."""
        return self.answerer.models[0].strangeness  # of an ensemble nobody knows it of any

    def without_flag(self) -> "Trained":
        """Return the same where nothing tells how strange samples are."""
        return replace(self, answerer=self.answerer.knowing(None))


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
        "flags_unfamiliar": trained.strangeness is not None,
    }
    write_json(bundle / SETTINGS_FILE, whole)
    write_json(bundle / LABELS_FILE, classes)
    _write_licenses(trained, bundle)
    shutil.copyfile(bundle_script("selftest.py"), bundle / "selftest.py")


def readme(trained: Trained, about: str, usage: str) -> str:
    """Return what a receiver should know.

    Args:
        trained: What was exported.
        about: In which form, as a sentence.
        usage: How to ask the model, as Markdown.
    """
    evaluation = trained.evaluation
    accuracy, samples = evaluation.accuracy, SAMPLES[trained.dataset.modality]
    return f"""# A classifier of {samples}

{_origin(trained)}

{about}

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


def _write_licenses(trained: Trained, bundle: Path) -> None:
    """Copy those of every pretrained model; a method without pretrained weights has none."""
    folders = {model.preset.id: model.preset_folder for model in trained.models}
    for number, (preset, folder) in enumerate(folders.items()):
        for name in ("LICENSE", "NOTICE"):
            if (folder / name).exists():
                shutil.copyfile(folder / name, bundle / (f"{name}-{preset}" if number else name))


def _origin(trained: Trained) -> str:
    """Return from what a model was made, and how."""
    origins = [
        f"{m.preset.title} ({m.preset.license}, trained on {m.preset.trained_on})\n"
        f"with the strategy `{m.plan.strategy}`"
        for m in trained.models
    ]
    if len(origins) == 1:
        return f"Fine-tuned with tlgui from {origins[0]}."
    listed = "".join(f"- {origin}\n" for origin in origins)
    return f"The mean of {len(origins)} models that were fine-tuned with tlgui from\n\n{listed}"
