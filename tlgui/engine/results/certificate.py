"""What was proven about a bundle, and what every file in it must be."""

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tlgui.core.export_formats import ExportFormat
from tlgui.engine.results.bundle import CERTIFICATE_FILE, write_json
from tlgui.engine.results.comparison import Comparison
from tlgui.engine.results.quantizing import Cost
from tlgui.engine.versions import package_versions


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """What was found when a bundle answered in a process of its own.

    Attributes:
        test: Beside the run's own answers on the whole test split.
        golden: Likewise on the samples that go along.
        model_bytes: Of the model alone.
        cost: What smaller weights cost; None where they are as they were.
    """

    test: Comparison
    golden: Comparison
    model_bytes: int
    cost: Cost | None


def write_certificate(bundle: Path, known: ExportFormat, quantize: str, proof: Proof) -> None:
    """Write ``certificate.json``, the last file of a bundle.

    Its first entries are of the whole test split; ``sha256`` has every other file of the bundle.
    """
    packages = dict.fromkeys([*(package.name for package in known.writing), *known.running])
    certificate = {
        "format": known.id,
        "quantize": quantize,
        "label_agreement": proof.test.label_agreement,
        "num_samples": proof.test.num_samples,
        "max_probability_difference": proof.test.max_probability_difference,
        **_flags(proof.test),
        "samples_per_second": round(proof.test.samples_per_s, 1),
        "model_bytes": proof.model_bytes,
        "golden": {
            "label_agreement": proof.golden.label_agreement,
            "num_samples": proof.golden.num_samples,
            "max_probability_difference": proof.golden.max_probability_difference,
            **_flags(proof.golden),
        },
        "validation": _validation(proof.cost),
        "versions": package_versions(*packages, "numpy", "tokenizers", "scikit-learn", "pillow"),
        "sha256": digests(bundle),
    }
    write_json(bundle / CERTIFICATE_FILE, certificate)


def digests(bundle: Path) -> dict[str, str]:
    """Return the SHA-256 of every file of a bundle but its certificate, by its path inside."""
    files = sorted(file for file in bundle.rglob("*") if file.is_file())
    named = {file.relative_to(bundle).as_posix(): file for file in files}
    named.pop(CERTIFICATE_FILE, None)
    return {name: _digest(file) for name, file in named.items()}


def _digest(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _flags(found: Comparison) -> dict[str, float]:
    if found.flag_agreement is None or found.max_strangeness_difference is None:
        return {}
    return {
        "flag_agreement": found.flag_agreement,
        "max_strangeness_difference": found.max_strangeness_difference,
    }


def _validation(cost: Cost | None) -> dict[str, Any] | None:
    if cost is None:
        return None
    return {
        "num_samples": cost.smaller.num_samples,
        "accuracy": cost.smaller.accuracy,
        "float_accuracy": cost.whole.accuracy,
        "samples_per_second": round(cost.smaller.samples_per_s, 1),
        "float_samples_per_second": round(cost.whole.samples_per_s, 1),
        "float_model_bytes": cost.whole.model_bytes,
    }
