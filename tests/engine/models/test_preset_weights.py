"""Tables of 8 bits, and which stored tensors are believed."""

import numpy as np
import pytest
from safetensors.numpy import save_file

from tlgui.core.errors import TlguiError
from tlgui.engine.models.preset_weights import dequantized, quantized, read_weights

TABLE = np.random.default_rng(0).normal(size=(6, 8)).astype(np.float32)


@pytest.mark.parametrize("group", [2, 8])
def test_an_8_bit_table_is_close_to_the_original(group):
    values, scales = quantized(TABLE, group)

    assert values.dtype == np.int8
    assert scales.shape == (6, 8 // group)
    largest = np.abs(TABLE).max()
    np.testing.assert_allclose(dequantized(values, scales), TABLE, atol=largest / 127)


def test_rows_of_zeros_stay_zeros():
    values, scales = quantized(np.zeros((2, 4), np.float32), 4)

    assert not dequantized(values, scales).any()


def _read(folder, tensors, shape=(6, 8)):
    save_file(tensors, folder / "weights.safetensors")
    return read_weights(folder / "weights.safetensors", {"table": shape})


def test_a_stored_table_is_read_back_as_floats(tmp_path):
    values, scales = quantized(TABLE, 4)

    tensors = _read(tmp_path, {"table": values, "table_scale": scales})

    assert tensors.keys() == {"table"}
    np.testing.assert_array_equal(tensors["table"], dequantized(values, scales))


VALUES, SCALES = quantized(TABLE, 4)


@pytest.mark.parametrize(
    "tensors",
    [
        {"table": VALUES},
        {"table": TABLE, "table_scale": SCALES},
        {"table": VALUES, "table_scale": SCALES.astype(np.float32)},
        {"table": VALUES, "table_scale": SCALES[:5]},
        {"table": VALUES, "table_scale": SCALES[0]},
        {"table": VALUES, "table_scale": SCALES[:, :0]},
        {"table": VALUES, "table_scale": np.ones((6, 3), np.float16)},
        {"table": VALUES, "table_scale": np.full((6, 2), np.nan, np.float16)},
        {"table": VALUES[:5], "table_scale": SCALES[:5]},
        {"table": VALUES, "table_scale": SCALES, "other_scale": SCALES},
        {"table_scale": SCALES},
    ],
    ids=[
        "no_scales",
        "floats_with_scales",
        "scales_of_another_type",
        "too_few_scales",
        "a_row_of_scales",
        "empty_scales",
        "scales_that_do_not_divide_a_row",
        "nan",
        "too_few_rows",
        "surplus_scales",
        "scales_only",
    ],
)
def test_a_table_that_does_not_fit_its_scales_is_an_ordinary_error(tmp_path, tensors):
    with pytest.raises(TlguiError) as refusal:
        _read(tmp_path, tensors)

    assert refusal.value.code == "preset_damaged"
