"""Folders of other libraries: which of our networks they are, and their tensors as ours."""

import io
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from tlgui.core.catalog import CONFIG_FILE
from tlgui.core.errors import TlguiError
from tlgui.engine.child import read_h5
from tlgui.engine.models.any_config import num_values
from tlgui.engine.models.described import Origin
from tlgui.engine.models.foreign_bert import MODEL_TYPE, bert_config, renamed_bert
from tlgui.engine.models.foreign_file import damaged, read_file, read_text
from tlgui.engine.models.foreign_hub import CLASS_NAME, hub_config, read_hub_words, renamed_hub
from tlgui.engine.models.foreign_hub import WEIGHTS as HUB_WEIGHTS
from tlgui.engine.models.foreign_kinds import refuse_folder
from tlgui.engine.models.foreign_pictures import renamed_timm, timm_config
from tlgui.engine.models.judged import JudgedModel
from tlgui.engine.models.preset_files import WEIGHTS_FILE, AnyConfig
from tlgui.engine.models.preset_writing import file_sha256
from tlgui.engine.models.tensor_file import Tensors, check_finite, read_tensor_file, read_tensors
from tlgui.engine.models.vocabulary import Vocabulary, read_vocabulary

KNOWN: Final = "BERT, EfficientNet-Lite 0 to 2, MobileNetV2, and what tlgui itself has packed"
MAX_WORDS: Final = 200  # letters of a sentence about it
WIDEST_VALUE: Final = 8  # bytes of a value in a foreign file
HEAD_VALUES: Final = 2**26  # of what models for one task have on top

SPARE_BYTES: Final = 2**26  # of an HDF5 file beside its numbers

# .../models--AUTHOR--NAME/snapshots/VERSION of Hugging Face's cache
CACHED: Final = re.compile(r"models--.*--(.+)")
FRONT_MATTER: Final = re.compile(r"^(license|language): *([A-Za-z0-9.+-]{2,40}) *$", re.MULTILINE)
LICENSES: Final = {"apache-2.0": "Apache-2.0", "mit": "MIT", "bsd-3-clause": "BSD-3-Clause"}
NOTICE: Final = """\
Imported by tlgui from a folder called “{name}”, whose {weights} had the sha256
{sha256}.

Changed on the way: tensors renamed and laid out as Keras wants them, the tokenizer and an ONNX
graph of the network written anew, everything else left behind. No weight was trained further.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Library:
    """How one library stores models.

    Attributes:
        config: From the content of ``config.json`` to sizes of ours.
        renamed: From the sizes and their tensors to ours.
        words: Reads the vocabulary; None where the network reads pictures.
        weights: Name of the file with the tensors.
    """

    config: Callable[[Mapping[str, Any], Path], Any]
    renamed: Callable[[Any, Tensors], Tensors]
    words: Callable[[Mapping[str, Path], Path], Vocabulary] | None = None
    weights: str = WEIGHTS_FILE


HUGGING_FACE_BERT: Final = Library(config=bert_config, renamed=renamed_bert, words=read_vocabulary)
KERAS_HUB: Final = Library(
    config=hub_config, renamed=renamed_hub, words=read_hub_words, weights=HUB_WEIGHTS
)
TIMM: Final = Library(config=timm_config, renamed=renamed_timm)


def judged_folder(
    folder: Path, files: Mapping[str, Path], record: Mapping[str, Any]
) -> JudgedModel:
    """Return what is taken of a folder of another library.

    Args:
        folder: For messages.
        files: In it, by name.
        record: The content of ``config.json``.

    Raises:
        TlguiError: we have no such network, or something is not as it should be.
    """
    library = _library(record, folder)
    config = library.config(record, files[CONFIG_FILE])
    state = _state(folder, files, config, library.weights)
    try:
        tensors = library.renamed(config, state)
    except ValueError as error:
        damaged(files[library.weights], str(error), error)
    return JudgedModel(
        path=folder,
        config=config,
        tensors=tensors,
        vocabulary=library.words(files, folder) if library.words else None,
        origin=_origin(folder, files),
        license_text=license_of(files),
        notice=NOTICE.format(
            name=folder.name, weights=library.weights, sha256=file_sha256(files[library.weights])
        ),
    )


def wish(folder: Path) -> str:
    """Return what a folder calls its model."""
    cached = CACHED.fullmatch(folder.parent.parent.name)
    if folder.parent.name == "snapshots" and cached:
        return cached.group(1)
    return folder.absolute().name


def _library(record: Mapping[str, Any], folder: Path) -> Library:
    if record.get("model_type") == MODEL_TYPE:
        return HUGGING_FACE_BERT
    if record.get("class_name") == CLASS_NAME:
        return KERAS_HUB
    if "architecture" in record:
        return TIMM
    kind = record.get("model_type") or record.get("class_name") or "not said"
    reason = f"its kind is {kind!r:.60}"
    raise TlguiError("import_architecture_unknown", path=str(folder), reason=reason, known=KNOWN)


def _state(folder: Path, files: Mapping[str, Path], config: AnyConfig, weights: str) -> Tensors:
    if weights not in files:
        refuse_folder(folder, files)
        raise TlguiError("import_incomplete", path=str(folder), name=weights)
    path, most = files[weights], WIDEST_VALUE * (num_values(config) + HEAD_VALUES)
    if weights == WEIGHTS_FILE:
        return narrowed(read_tensor_file(path, most), path)
    return h5_state(read_file(path, most + SPARE_BYTES), path, most)


def h5_state(content: bytes, path: Path, most: int) -> Tensors:
    """Return the tensors of an HDF5 file, by their names in ``h5_tensors``.

    Raises:
        TlguiError: ``import_damaged``.
    """
    return narrowed(read_tensors(io.BytesIO(read_h5(content, path, most)), path, most), path)


def narrowed(tensors: Tensors, path: Path) -> Tensors:
    """Return 64-bit floats as 32-bit ones, which is what networks compute with.

    Raises:
        TlguiError: one of them is too large for that.
    """
    return {name: _narrow(values, name, path) for name, values in tensors.items()}


def _narrow(values: NDArray[Any], name: str, path: Path) -> NDArray[Any]:
    if values.dtype != np.float64:
        return values
    with np.errstate(over="ignore"):
        narrow = values.astype(np.float32)
    check_finite(path, name, narrow)
    return narrow


def _origin(folder: Path, files: Mapping[str, Path]) -> Origin:
    """Return what the model's card says of it, as far as a line of it can be trusted to."""
    card = read_text(files["README.md"]) if "README.md" in files else ""
    said = {key: value.lower() for key, value in FRONT_MATTER.findall(card)}
    language = said.get("language", "")
    license_id = said.get("license", "unknown")
    return Origin(
        title=wish(folder)[:MAX_WORDS],
        license=LICENSES.get(license_id, license_id),
        source=f"a folder called {wish(folder)}"[:MAX_WORDS],
        languages=(language,) if len(language) == 2 else (),
    )


def license_of(files: Mapping[str, Path]) -> str:
    """Return the text of the license that lies in a folder, "" where none does."""
    found = [name for name in ("LICENSE", "LICENSE.txt", "LICENSE.md") if name in files]
    return read_text(files[found[0]]) if found else ""
