"""The tensors of a preset, checked and made float32; imports no Keras.

A table of embeddings may be stored in 8 bits: ``NAME`` as int8, and beside it ``NAME_scale``
as float16 with one column for each group of neighboring values in a row.
"""

from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load_file

from tlgui.engine.models.preset_files import damaged

SCALE_SUFFIX: Final = "_scale"
INT8_MAX: Final = 127

Float32Tensors = dict[str, NDArray[np.float32]]


def read_weights(path: Path, shapes: dict[str, tuple[int, ...]]) -> Float32Tensors:
    """Return the tensors of a safetensors file as float32.

    Args:
        path: The file.
        shapes: What it must hold, no less and no more, the scales of 8-bit tables aside.

    Raises:
        TlguiError: ``preset_damaged``.
    """
    tensors = _loaded(path)
    scales = check_tensors(path, tensors, shapes)
    return {
        name: dequantized(tensors[name], scales[name])
        if name in scales
        else tensors[name].astype(np.float32)
        for name in shapes
    }


def check_tensors(
    path: Path, tensors: dict[str, NDArray[Any]], shapes: dict[str, tuple[int, ...]]
) -> dict[str, NDArray[Any]]:
    """Return the scales of the 8-bit tables once every tensor is found to be as it should.

    Args:
        path: For messages.
        tensors: As they are stored.
        shapes: See ``read_weights``.

    Raises:
        TlguiError: ``preset_damaged``.
    """
    scales = {
        name: tensors[f"{name}{SCALE_SUFFIX}"]
        for name in shapes
        if f"{name}{SCALE_SUFFIX}" in tensors
    }
    named = tensors.keys() - {f"{name}{SCALE_SUFFIX}" for name in scales}
    if named != shapes.keys():
        odd = sorted(named ^ shapes.keys())
        damaged(path, f"missing or unexpected: {', '.join(odd[:3])} ({len(odd)} in all)")
    for name, shape in shapes.items():
        _check(path, name, tensors[name], shape, scales.get(name))
    return scales


def quantized(table: NDArray[np.floating], group: int) -> tuple[NDArray[Any], NDArray[Any]]:
    """Return a table as int8 and its float16 scales.

    Args:
        table: shape (rows, columns).
        group: Columns that share a scale; the largest of them becomes ±127.

    Returns:
        Shapes (rows, columns) and (rows, columns / group).
    """
    grouped = table.reshape(len(table), -1, group).astype(np.float32)
    scales = (np.abs(grouped).max(axis=2) / INT8_MAX).astype(np.float16)
    steps = np.where(scales == 0, 1, scales).astype(np.float32)[..., None]
    values = np.clip(np.rint(grouped / steps), -INT8_MAX, INT8_MAX)
    return values.astype(np.int8).reshape(table.shape), scales


def dequantized(values: NDArray[np.int8], scales: NDArray[np.floating]) -> NDArray[np.float32]:
    """Return the float32 table that ``quantized`` has stored."""
    grouped = values.reshape(*scales.shape, -1).astype(np.float32)
    table: NDArray[np.float32] = grouped * scales.astype(np.float32)[..., None]
    return table.reshape(values.shape)


def _loaded(path: Path) -> dict[str, NDArray[Any]]:
    try:
        return load_file(path)
    # AttributeError: a type that this NumPy does not have, such as an 8-bit float
    except (OSError, SafetensorError, AttributeError, ValueError) as error:
        damaged(path, str(error), error)


def _check(
    path: Path,
    name: str,
    tensor: NDArray[Any],
    shape: tuple[int, ...],
    scales: NDArray[Any] | None,
) -> None:
    if scales is not None:
        _check_scales(path, name, tensor, scales)
    if tensor.dtype not in _types(scales) or tensor.shape != shape:
        damaged(path, f"{name} is {tensor.dtype} {tensor.shape}, not {shape}")
    if not np.isfinite(tensor if scales is None else scales).all():
        damaged(path, f"{name} holds values that are not numbers")


def _types(scales: NDArray[Any] | None) -> tuple[type[np.generic], ...]:
    return (np.float16, np.float32) if scales is None else (np.int8,)


def _check_scales(path: Path, name: str, tensor: NDArray[Any], scales: NDArray[Any]) -> None:
    fits = (
        scales.dtype == np.float16
        and tensor.ndim == scales.ndim == 2
        and len(tensor) == len(scales)
        and scales.shape[1] > 0
        and tensor.shape[1] % scales.shape[1] == 0
    )
    if not fits:
        damaged(path, f"{name} is {tensor.shape}, its scales are {scales.dtype} {scales.shape}")
