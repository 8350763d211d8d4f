"""What is never opened, told by names and first bytes alone."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final, NoReturn

from tlgui.core.errors import TlguiError

HEAD_BYTES: Final = 512

PICKLE: Final = "a pickle"
PYTORCH: Final = "a PyTorch file, which is a pickle"
PICKLES: Final = {
    ".bin": PYTORCH,
    ".ckpt": PYTORCH,
    ".dill": PICKLE,
    ".joblib": PICKLE,
    ".npy": "a NumPy file, which can hold a pickle",
    ".npz": "a NumPy file, which can hold a pickle",
    ".pickle": PICKLE,
    ".pkl": PICKLE,
    ".pt": PYTORCH,
    ".pt2": PYTORCH,
    ".pth": PYTORCH,
    ".torch": PYTORCH,
}
PROGRAMS: Final = {
    ".gguf": "a GGUF file",
    ".mlmodel": "a Core ML model",
    ".mlpackage": "a Core ML model",
    ".onnx": "an ONNX graph",
    ".pb": "a TensorFlow graph",
    ".pte": "an ExecuTorch program",
    ".py": "a Python program",
    ".tflite": "a LiteRT graph",
}
KINDS: Final = PICKLES | PROGRAMS
# of folders: what one of these lies in is what it says
MARKERS: Final = {
    "saved_model.pb": "a SavedModel",
    "saved_model.pbtxt": "a SavedModel",
    "keras_metadata.pb": "a SavedModel",
    "_CHECKPOINT_METADATA": "an Orbax checkpoint",
    "_METADATA": "an Orbax checkpoint",
    "manifest.ocdbt": "an Orbax checkpoint",
    "checkpoint": "a TensorFlow checkpoint",
}
PACKED: Final = (".7z", ".bz2", ".gz", ".rar", ".tar", ".tgz", ".xz", ".zip", ".zst")

# the first bytes of pickles of protocol 2 and later, and of what holds one
PICKLE_HEADS: Final = tuple(bytes((0x80, protocol)) for protocol in range(2, 6))
TORCH_MEMBERS: Final = (b"/data.pkl", b"data.pkl", b"/version")
NUMPY_HEAD: Final = b"\x93NUMPY"
ZIP_HEAD: Final = b"PK\x03\x04"
HDF5_HEAD: Final = b"\x89HDF\r\n\x1a\n"


def refuse_file(path: Path, head: bytes) -> None:
    """Raise for a file that is of a kind that tlgui never opens, whatever it is called.

    Args:
        path: Of the file.
        head: Its first ``HEAD_BYTES``.

    Raises:
        TlguiError: ``import_not_safe`` or ``import_format_unknown``.
    """
    suffix = path.suffix.lower()
    if head.startswith((*PICKLE_HEADS, NUMPY_HEAD)) or suffix in PICKLES:
        _not_safe(path, PICKLES.get(suffix, PICKLE))
    if head.startswith(ZIP_HEAD) and any(name in head[30:120] for name in TORCH_MEMBERS):
        _not_safe(path, PYTORCH)
    if suffix in PROGRAMS:
        _not_safe(path, PROGRAMS[suffix])
    if suffix in PACKED:
        reason = "it is an archive: unpack it, and import the folder"
        raise TlguiError("import_format_unknown", path=str(path), reason=reason)
    if suffix == ".json":
        reason = "it is a text; the model lies in other files, usually beside it"
        raise TlguiError("import_format_unknown", path=str(path), reason=reason)


def refuse_folder(folder: Path, files: Mapping[str, Path]) -> None:
    """Raise for a folder without tensors that tlgui reads, saying what it holds instead.

    Raises:
        TlguiError: ``import_not_safe``.
    """
    for name, kind in MARKERS.items():
        if name in files or (folder / name).is_dir():
            _not_safe(folder, kind)
    for name in sorted(files):
        suffix = Path(name).suffix.lower()
        if suffix in KINDS:
            _not_safe(files[name], KINDS[suffix])


def _not_safe(path: Path, kind: str) -> NoReturn:
    raise TlguiError("import_not_safe", path=str(path), kind=kind)
