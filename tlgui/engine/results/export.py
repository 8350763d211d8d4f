"""A run as a bundle that works without tlgui, proven in a fresh process."""

import hashlib
import shutil
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Final

from tlgui.core import durable
from tlgui.core.dataset import Modality
from tlgui.core.errors import TlguiError
from tlgui.core.events import ExportFinished
from tlgui.core.run_folder import RunFolder
from tlgui.engine.channel import Channel
from tlgui.engine.models.classifiers import best_checkpoint
from tlgui.engine.models.library import PresetLibrary
from tlgui.engine.results import export_pictures, export_texts
from tlgui.engine.results.bundle import Trained, readme, write_json
from tlgui.engine.results.comparison import Answers, Comparison, compare
from tlgui.engine.results.evaluate import evaluate_run
from tlgui.engine.versions import package_versions

FORMATS: Final = ("keras",)
# that a bundle may need
PACKAGES: Final = ("keras", "tensorflow", "keras-hub", "tokenizers", "scikit-learn", "numpy")

# each knows how to write a model, how it is used, and what it answers in a fresh process
_KINDS: Final[dict[Modality, ModuleType]] = {"image": export_pictures, "text": export_texts}


def export_run(
    run: RunFolder, library: PresetLibrary, export_format: str, to: Path, channel: Channel
) -> None:
    """Write the best model of a run as a bundle.

    Raises:
        TlguiError: the format is unknown, the folder is not empty or within the run's, there is
            no result yet, or the exported model disagrees with the run; nothing is left then.
        JobStopped: a person asked for it; likewise.
    """
    if export_format not in FORMATS:
        raise TlguiError("export_format_unknown", name=export_format, known=", ".join(FORMATS))
    if to.exists() and (not to.is_dir() or any(to.iterdir())):
        raise TlguiError("folder_not_empty", path=str(to))
    if to.absolute().is_relative_to(run.path.absolute()):
        reason = "it lies inside the folder of the run"
        raise TlguiError("path_not_usable", path=str(to), reason=reason)
    if run.read_evaluation().epoch != best_checkpoint(run).position.epoch:
        evaluate_run(run, library, channel)  # trained on since: a bundle says how good its model is
    trained = Trained.of_run(run, library)
    kind = _KINDS[trained.dataset.modality]
    with durable.published_folder(to) as partial:
        channel.progress("exporting", 0, 1)
        kind.write_model(trained, partial)
        channel.progress("exporting", 1, 1)
        _write_companions(trained, kind.USAGE, partial)
        comparison = compare(_followed(kind.compared(trained, partial), trained, channel))
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


def _write_companions(trained: Trained, usage: str, bundle: Path) -> None:
    write_json(bundle / "labels.json", list(trained.dataset.classes))
    for name in ("LICENSE", "NOTICE"):  # a method without pretrained weights has none
        if (trained.preset_folder / name).exists():
            shutil.copyfile(trained.preset_folder / name, bundle / name)
    (bundle / "README.md").write_text(readme(trained, usage), encoding="utf-8")


def _followed(pairs: Iterator[Answers], trained: Trained, channel: Channel) -> Iterator[Answers]:
    total, done = len(trained.dataset.of_split("test")), 0
    for answers in pairs:
        channel.stop_if_requested()
        done += len(answers.ours)
        channel.progress("comparing", done, total)
        yield answers


def _write_certificate(bundle: Path, comparison: Comparison) -> None:
    certificate = {
        "label_agreement": comparison.label_agreement,
        "num_samples": comparison.num_samples,
        "max_probability_difference": comparison.max_probability_difference,
        "versions": package_versions(*PACKAGES),
        "sha256": {
            file.name: hashlib.sha256(file.read_bytes()).hexdigest()
            for file in sorted(bundle.iterdir())
        },
    }
    write_json(bundle / "certificate.json", certificate)
