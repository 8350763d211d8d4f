"""A trained run with its model and its data at hand."""

from dataclasses import dataclass
from pathlib import Path

from tlgui.core.catalog import PresetInfo
from tlgui.core.dataset import Dataset
from tlgui.core.plan import Plan
from tlgui.core.run_folder import RunFolder
from tlgui.engine.data.inputs import FileReader
from tlgui.engine.models.classifiers import best_checkpoint, open_reader, temperature_of
from tlgui.engine.models.library import PresetLibrary
from tlgui.engine.results.explained_model import ExplainedModel, open_explained


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedRun:
    """What explaining needs of a run.

    Attributes:
        plan: Of the run.
        dataset: Likewise.
        library: Holds the preset.
        preset: What the model began as.
        preset_folder: Where that lies.
        model: The best one.
        temperature: Makes it as sure of its answers as it should be.
        reader: Reads files for it.
    """

    plan: Plan
    dataset: Dataset
    library: PresetLibrary
    preset: PresetInfo
    preset_folder: Path
    model: ExplainedModel
    temperature: float
    reader: FileReader


def open_best(run: RunFolder, library: PresetLibrary) -> OpenedRun:
    """Return a run with its best model.

    Raises:
        TlguiError: there is no result yet, or something is damaged or missing.
    """
    best = best_checkpoint(run)
    plan = run.read_plan()
    preset, folder = library.catalog[plan.preset], library.folder(plan.preset)
    return OpenedRun(
        plan=plan,
        dataset=run.read_dataset(),
        library=library,
        preset=preset,
        preset_folder=folder,
        model=open_explained(plan, library, best.tensors),
        temperature=temperature_of(run, best.position.epoch),
        reader=open_reader(plan, preset, folder),
    )
