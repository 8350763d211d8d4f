"""What a person says of samples against what lies on the disk, where nothing is ever changed."""

import hashlib
import json
import logging
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from tlgui.core import durable
from tlgui.core.dataset import Problem, Sample
from tlgui.core.errors import TlguiError
from tlgui.core.records import from_record, json_text

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """A sample that is left out, or belongs to another class than its folder or table says.

    Attributes:
        path: Relative to the data set's folder, see ``Sample``.
        digest: Of the content that was looked at; another content is not corrected.
        label: Name of the right class, or "" to leave the sample out.
    """

    path: str
    digest: str
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Corrections:
    """All that was said of one source.

    Attributes:
        source: Absolute path of the folder or table.
        samples: At most one for each sample.
    """

    source: str
    samples: tuple[Correction, ...] = ()

    def of(self, path: str) -> Correction | None:
        """Return what was said of a sample, if anything was."""
        return next((c for c in self.samples if c.path == path), None)

    def after(self, correction: Correction) -> "Corrections":
        """Return these with one more, in place of what was said of that sample before."""
        return replace(self, samples=(*self.without(correction.path).samples, correction))

    def without(self, path: str) -> "Corrections":
        """Return these as if nothing had been said of a sample."""
        return replace(self, samples=tuple(c for c in self.samples if c.path != path))


def read_corrections(folder: Path, source: str) -> Corrections:
    """Return what was said of a source; a damaged file says nothing and is moved out of the way.

    Args:
        folder: Of the corrections of all sources.
        source: Absolute path of a folder or a table.

    Raises:
        TlguiError: the file cannot be read now, though it may be whole.
    """
    file = _file(folder, source)
    try:
        found = from_record(Corrections, json.loads(file.read_text(encoding="utf-8")))
    except FileNotFoundError:
        return Corrections(source=source)
    except OSError as error:
        reason = error.strerror or str(error)
        raise TlguiError("file_damaged", path=str(file), reason=reason) from error
    except ValueError:
        log.warning("%s is damaged", file, exc_info=True)
        with suppress(OSError):
            file.replace(file.with_suffix(".damaged"))
        return Corrections(source=source)
    return replace(found, source=source)


def write_corrections(folder: Path, corrections: Corrections) -> None:
    """Keep what was said of a source.

    Raises:
        TlguiError: the disk is full or cannot be written.
    """
    durable.make_folder(folder)
    text = json_text(asdict(corrections), indent=2)
    durable.replace_file(_file(folder, corrections.source), text)


def corrected(
    samples: Sequence[Sample], classes: Sequence[str], corrections: Corrections
) -> tuple[tuple[Sample, ...], list[Problem]]:
    """Return the samples as a person wants them, and what they should be reminded of.

    Args:
        samples: As they were found.
        classes: Names in the order of the labels.
        corrections: What does not fit content or classes any more is passed over.
    """
    if not corrections.samples:
        return tuple(samples), []
    left_out = {(c.path, c.digest) for c in corrections.samples if not c.label}
    # copies are of one class, or nobody would know which is right
    renamed = {c.digest: c.label for c in corrections.samples if c.label}
    labels = {name: label for label, name in enumerate(classes)}
    kept: list[Sample] = []
    set_aside: list[str] = []
    relabeled: list[str] = []
    for sample in samples:
        if (sample.path, sample.digest) in left_out:
            set_aside.append(sample.path)
            continue
        label = labels.get(renamed.get(sample.digest, ""), sample.label)
        if label != sample.label:
            relabeled.append(sample.path)
            sample = replace(sample, label=label)
        kept.append(sample)
    found = {"set_aside": set_aside, "relabeled": relabeled}
    problems = [Problem(code=c, path=p[0], count=len(p)) for c, p in found.items() if p]
    return tuple(kept), problems


def _file(folder: Path, source: str) -> Path:
    name = hashlib.blake2b(source.encode("utf-8", "surrogatepass"), digest_size=12).hexdigest()
    return folder / f"{name}.json"
