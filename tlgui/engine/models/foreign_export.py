"""What ``tlgui export`` wrote, here or elsewhere: its tensors as a preset to go on from.

A bundle says itself that tlgui made it, which proves nothing: only names and shapes of its tensors
tell the sizes of the network, and its own description of layers is not looked at.
"""

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import numpy as np

from tlgui.core.catalog import CONFIG_FILE
from tlgui.core.errors import TlguiError
from tlgui.engine.data.tokenizer import MAX_FILE_BYTES
from tlgui.engine.models.any_config import any_variable_shapes
from tlgui.engine.models.archive import open_archive
from tlgui.engine.models.described import Origin
from tlgui.engine.models.foreign_file import damaged, list_files, read_file, read_json
from tlgui.engine.models.foreign_folder import (
    HEAD_VALUES,
    KNOWN,
    MAX_WORDS,
    WIDEST_VALUE,
    h5_state,
    license_of,
    wish,
)
from tlgui.engine.models.foreign_hub import PLACES, WEIGHTS, hub_config
from tlgui.engine.models.foreign_pictures import PUBLISHED
from tlgui.engine.models.judged import JudgedModel
from tlgui.engine.models.preset_files import TOKENIZER_FILE, AnyConfig
from tlgui.engine.models.tensor_file import Tensors
from tlgui.engine.models.text_config import (
    BERT,
    WORD_VECTORS,
    BertConfig,
    WordVectorsConfig,
    check_text_config,
)
from tlgui.engine.models.vocabulary import own_vocabulary

SETTINGS: Final = "preprocessing.json"
EXPORT_FILES: Final = frozenset((SETTINGS, "labels.json", "certificate.json"))
MODEL_FILE: Final = "model.keras"
MAX_H5_BYTES: Final = 2**32
ROOT: Final = "classifier/"
HEAD: Final = ("head/", "temperature/", "strangeness_")
TABLE: Final = "token_embedding/0"
ALL_PLACES: Final = {**PLACES, "moving_mean": 2, "moving_variance": 3}
NOTICE: Final = "Imported by tlgui from an export called “{name}”, without its last layer.\n"
TRAINED_ON: Final = "what it was fine-tuned on with tlgui"


def judged_export(folder: Path, files: Mapping[str, Path]) -> JudgedModel:
    """Return what is taken of an exported model: its backbone without the last layer.

    Args:
        folder: Of the bundle.
        files: In it, by name.

    Raises:
        TlguiError: it is of another format, we have no such network, or something is not as it
            should be.
    """
    settings = read_json(files[SETTINGS])
    state, path = _state(folder, files, settings)
    state = {name.removeprefix(ROOT): values for name, values in state.items()}
    state = {name: values for name, values in state.items() if not name.startswith(HEAD)}
    try:
        config = _config(state)
    except (ValueError, IndexError) as error:
        reason = str(error)
        raise TlguiError(
            "import_architecture_unknown", path=str(folder), reason=reason, known=KNOWN
        ) from error
    try:
        tensors = _renamed(config, state)
    except ValueError as error:
        damaged(path, str(error), error)
    vocabulary = None
    if isinstance(config, BertConfig | WordVectorsConfig):
        words = files.get(TOKENIZER_FILE)
        if words is None:
            raise TlguiError("import_incomplete", path=str(folder), name=TOKENIZER_FILE)
        content = read_file(words, MAX_FILE_BYTES)
        vocabulary = own_vocabulary(content, isinstance(config, BertConfig), words)
    title = wish(folder)[:MAX_WORDS]
    return JudgedModel(
        path=folder,
        config=config,
        tensors=tensors,
        vocabulary=vocabulary,
        origin=Origin(title=title, source=f"an export called {title}", trained_on=TRAINED_ON),
        license_text=license_of(files),
        notice=NOTICE.format(name=folder.name),
    )


def _state(
    folder: Path, files: Mapping[str, Path], settings: Mapping[str, Any]
) -> tuple[Tensors, Path]:
    if settings.get("format") == "keras":
        path = files.get(MODEL_FILE)
        if path is None:
            raise TlguiError("import_incomplete", path=str(folder), name=MODEL_FILE)
        with open_archive(path, shutil.disk_usage(folder).total) as archive:
            content = archive.read(WEIGHTS, MAX_H5_BYTES)
        # stored numbers are hardly smaller than in memory, and h5_tensors judges each
        return h5_state(content, path, 2 * len(content) + WIDEST_VALUE * 1000), path
    if settings.get("format") == "keras_hub":
        inner = list_files(folder / "model") if not (folder / "model").is_symlink() else {}
        for name in (CONFIG_FILE, WEIGHTS):
            if name not in inner:
                raise TlguiError("import_incomplete", path=str(folder), name=f"model/{name}")
        config = hub_config(read_json(inner[CONFIG_FILE]), inner[CONFIG_FILE])
        sizes = any_variable_shapes(config).values()
        most = WIDEST_VALUE * (sum(int(np.prod(shape)) for shape in sizes) + HEAD_VALUES)
        content = read_file(inner[WEIGHTS], most)
        return h5_state(content, inner[WEIGHTS], most), inner[WEIGHTS]
    reason = "it was exported to be run, not to be trained further; export the run as keras instead"
    raise TlguiError("import_architecture_unknown", path=str(folder), reason=reason, known=KNOWN)


def _config(state: Tensors) -> AnyConfig:
    """Return the sizes that names and shapes tell.

    Raises:
        ValueError: they are those of no network of ours.
    """
    shapes = {name: values.shape for name, values in state.items()}
    if TABLE in shapes:
        config = _text_config(shapes)
        check_text_config(config)
        return config
    for published in PUBLISHED.values():
        if shapes == {_place(p): shape for p, shape in any_variable_shapes(published).items()}:
            return published
    raise ValueError("its layers are those of no network of ours, or some were added")


def _text_config(shapes: Mapping[str, tuple[int, ...]]) -> BertConfig | WordVectorsConfig:
    rows, wide = shapes[TABLE]
    if len(shapes) == 1:
        return WordVectorsConfig(family=WORD_VECTORS, vocabulary_size=rows, feature_size=wide)
    first = "transformer_layer_0/"
    needed = (f"{first}self_attention_layer/query/0", f"{first}feedforward_intermediate_dense/0")
    if not {*needed, "position_embedding/0", "segment_embedding/0"} <= shapes.keys():
        raise ValueError("its layers are those of no network of ours")
    return BertConfig(
        family=BERT,
        vocabulary_size=rows,
        num_layers=sum(name.endswith("/self_attention_layer/query/0") for name in shapes),
        num_heads=shapes[needed[0]][1],
        hidden_dim=wide,
        intermediate_dim=shapes[needed[1]][1],
        dropout=0.1,
        max_sequence_length=shapes["position_embedding/0"][0],
        num_segments=shapes["segment_embedding/0"][0],
    )


def _renamed(config: AnyConfig, state: Tensors) -> Tensors:
    left, tensors = dict(state), {}
    for path, shape in any_variable_shapes(config).items():
        if path.startswith("pooled_dense/") and _place(path) not in left:
            tensors[path] = np.zeros(shape, np.float32)  # our heads do without
        elif _place(path) not in left:
            raise ValueError(f"{path}: there is no {_place(path)}")
        else:
            tensors[path] = left.pop(_place(path))
    if left:
        raise ValueError(f"left over, perhaps added layers: {', '.join(sorted(left)[:3])}")
    return tensors


def _place(path: str) -> str:
    layer, variable = path.rsplit("/", 1)
    return f"{layer}/{ALL_PLACES[variable]}"
