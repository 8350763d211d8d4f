"""A run as a bundle that works without tlgui, proven in a fresh process."""

import importlib.util
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from tlgui.core import durable
from tlgui.core.dataset import Modality
from tlgui.core.errors import TlguiError
from tlgui.core.events import ExportFinished
from tlgui.core.export_formats import (
    EXPORT_FORMATS,
    QUANTIZATIONS,
    ExportFormat,
    Quantization,
    formats_for,
)
from tlgui.core.records import json_text
from tlgui.core.run_folder import RunFolder
from tlgui.engine.channel import Channel
from tlgui.engine.child import FreshModel
from tlgui.engine.models import word_counts
from tlgui.engine.models.library import PresetLibrary
from tlgui.engine.reporting.model_card import write_card
from tlgui.engine.reporting.run_facts import CERTIFICATES
from tlgui.engine.results.bundle import Trained
from tlgui.engine.results.bundle_files import write_bundle
from tlgui.engine.results.certificate import Proof, write_certificate
from tlgui.engine.results.comparison import Answers, compare
from tlgui.engine.results.evaluate import evaluate_run
from tlgui.engine.results.export_pictures import PictureExport
from tlgui.engine.results.export_texts import TokenExport, WordCountExport, reads_like
from tlgui.engine.results.exportable import Exportable
from tlgui.engine.results.flagging import can_flag
from tlgui.engine.results.golden import write_answers, write_golden
from tlgui.engine.results.quantizing import Cost, measure, size_of
from tlgui.engine.results.writers.keras_hub_preset import require_keras_hub

FLOAT_FOLDER: Final = "float"  # of what smaller weights are compared with; it does not stay


def export_run(
    run: RunFolder,
    library: PresetLibrary,
    export_format: str,
    to: Path,
    channel: Channel,
    quantize: str = "",
) -> None:
    """Write the best model of a run as a bundle.

    Raises:
        TlguiError: the format is unknown, does not go with the model or with the weights that are
            asked for, or lacks a package; the folder is not empty or within the run's; there is no
            result yet; or the exported model disagrees with the run. Nothing is left then.
        JobStopped: a person asked for it; likewise.
    """
    known = _known(export_format)
    stored = _stored(known, quantize, run.read_dataset().modality)
    _require_packages(known)
    _require_free(to, run)
    trained = Trained.of_run(run, library)
    if trained.evaluation.epoch != trained.answerer.epoch:
        evaluate_run(run, library, channel)  # trained on since: a bundle says how good its model is
        trained = Trained.of_run(run, library)
    # a limit holds for the weights that it was found with; what KerasHub loads has no such layers
    if stored or known.id == "keras_hub" or not _can_flag(trained):
        trained = trained.without_flag()
    exportable = _exportable(trained)
    if known.id == "keras_hub":
        require_keras_hub(exportable.trained)
    with durable.published_folder(to) as partial:
        proof = _write(exportable, known, stored, partial, channel)
        write_card(run, library.catalog, partial / "MODEL_CARD.md")
        write_certificate(partial, known, stored, proof)
    record = _record(known, stored, to, proof)
    durable.append_line(run.path / CERTIFICATES, json_text(record))
    channel.send(ExportFinished, **record)


def _write(
    exportable: Exportable,
    known: ExportFormat,
    quantize: Quantization,
    bundle: Path,
    channel: Channel,
) -> Proof:
    channel.stop_if_requested()
    channel.progress("exporting", 0, 1)
    write_bundle(exportable, known, quantize, bundle)
    channel.progress("exporting", 1, 1)
    with FreshModel(bundle) as exported:
        golden = write_golden(exportable, bundle, exported)
        write_answers(bundle, golden, is_exact=not quantize)
        test = compare(_answers(exportable, exported, channel), is_exact=not quantize)
        cost = _cost(exportable, known, bundle, exported, channel) if quantize else None
    return Proof(
        test=test,
        golden=compare([golden], is_exact=not quantize),
        model_bytes=size_of(bundle / known.model),
        cost=cost,
    )


def _cost(
    exportable: Exportable,
    known: ExportFormat,
    bundle: Path,
    exported: FreshModel,
    channel: Channel,
) -> Cost:
    """Return what smaller weights cost, beside an export of the model as it is."""
    smaller = measure(exportable, exported, bundle / known.model, channel)
    channel.stop_if_requested()
    whole = bundle / FLOAT_FOLDER
    whole.mkdir()
    write_bundle(exportable, known, "", whole)
    with FreshModel(whole) as unchanged:
        cost = Cost(
            smaller=smaller, whole=measure(exportable, unchanged, whole / known.model, channel)
        )
    shutil.rmtree(whole)
    return cost


def _answers(exportable: Exportable, exported: FreshModel, channel: Channel) -> Iterator[Answers]:
    """Yield our answers and the bundle's for the whole test split."""
    samples, done = exportable.trained.dataset.of_split("test"), 0
    for batch in exportable.batches(samples):
        channel.stop_if_requested()
        ours, strangeness = exportable.trained.answerer.told(batch.contents)
        theirs = exported.of_items(batch.items)
        done += len(ours)
        channel.progress("comparing", done, len(samples))
        yield Answers(
            ours=ours,
            theirs=theirs.probabilities,
            seconds=theirs.seconds,
            our_strangeness=strangeness,
            their_strangeness=theirs.strangeness,
        )


def _exportable(trained: Trained) -> Exportable:
    if trained.dataset.modality == "image":
        return PictureExport(trained)
    first = trained.models[0]
    if not all(reads_like(first, model) for model in trained.models):
        names = ", ".join(dict.fromkeys(model.preset.title for model in trained.models))
        raise TlguiError("ensemble_not_exportable", known=names)
    is_plain = first.preset.family == word_counts.FAMILY
    return WordCountExport(trained) if is_plain else TokenExport(trained)


def _can_flag(trained: Trained) -> bool:
    return trained.strangeness is not None and can_flag(trained.strangeness)


def _known(export_format: str) -> ExportFormat:
    if export_format not in EXPORT_FORMATS:
        known = ", ".join(EXPORT_FORMATS)
        raise TlguiError("export_format_unknown", name=export_format, known=known)
    return EXPORT_FORMATS[export_format]


def _stored(known: ExportFormat, quantize: str, modality: Modality) -> Quantization:
    possible = known.quantizations(modality)
    if not possible:
        names = ", ".join(found.id for found in formats_for(modality))
        reason = "KerasHub has no such architecture"
        raise TlguiError("export_not_possible", name=known.id, reason=reason, known=names)
    if quantize not in possible:
        able = [found for found in formats_for(modality) if len(found.quantizations(modality)) > 1]
        raise TlguiError(
            "export_not_possible",
            name=f"{known.id} with {quantize}",
            reason=f"this format can store weights as {_listed(known, modality)}",
            known="; ".join(f"{found.id}: {_listed(found, modality)}" for found in able),
        )
    return QUANTIZATIONS[QUANTIZATIONS.index(quantize)]


def _listed(known: ExportFormat, modality: Modality) -> str:
    return ", ".join(stored or "they are" for stored in known.quantizations(modality))


def _require_packages(known: ExportFormat) -> None:
    missing = [p.name for p in known.writing if not _is_here(p.module)]
    if missing:
        able = [f.id for f in EXPORT_FORMATS.values() if all(_is_here(p.module) for p in f.writing)]
        packages = " ".join(missing)
        raise TlguiError("package_missing", name=known.id, packages=packages, known=", ".join(able))


def _is_here(module: str) -> bool:
    return importlib.util.find_spec(module) is not None


def _require_free(to: Path, run: RunFolder) -> None:
    if to.exists() and (not to.is_dir() or any(to.iterdir())):
        raise TlguiError("folder_not_empty", path=str(to))
    if to.absolute().is_relative_to(run.path.absolute()):
        reason = "it lies inside the folder of the run"
        raise TlguiError("path_not_usable", path=str(to), reason=reason)


def _record(
    known: ExportFormat, quantize: Quantization, to: Path, proof: Proof
) -> dict[str, object]:
    """Return the fields of the event that ends an export."""
    record: dict[str, object] = {
        "format": known.id,
        "quantize": quantize,
        "folder": str(to),
        "num_bytes": sum(file.stat().st_size for file in to.rglob("*") if file.is_file()),
        "model_bytes": proof.model_bytes,
        "num_samples": proof.test.num_samples,
        "label_agreement": proof.test.label_agreement,
        "max_probability_difference": proof.test.max_probability_difference,
        "samples_per_s": proof.test.samples_per_s,
    }
    if proof.cost:
        record |= {
            "num_validation": proof.cost.smaller.num_samples,
            "accuracy": proof.cost.smaller.accuracy,
            "samples_per_s": proof.cost.smaller.samples_per_s,
            "float_accuracy": proof.cost.whole.accuracy,
            "float_samples_per_s": proof.cost.whole.samples_per_s,
            "float_model_bytes": proof.cost.whole.model_bytes,
        }
    return record
