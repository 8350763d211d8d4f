"""The resize that goes along with exported models is that of the run."""

import numpy as np
import pytest
from PIL import Image

from tlgui.engine.data.images import ROUNDING, read_pixels
from tlgui.engine.models.triangle_resize import TriangleResize


@pytest.mark.parametrize("size", [(300, 200), (64, 100), (32, 32), (1, 1), (5, 400)])
def test_resize_equals_what_the_run_has_seen(tmp_path, size):
    chance = np.random.default_rng(0)
    pixels = chance.integers(0, 256, (*size, 3), np.uint8)
    Image.fromarray(pixels).save(tmp_path / "noise.png")

    resized = TriangleResize(32)(pixels[np.newaxis].astype(np.float32))

    whole = np.floor(np.asarray(resized)[0] + ROUNDING)
    assert whole.shape == (32, 32, 3)
    np.testing.assert_array_equal(whole, read_pixels(tmp_path / "noise.png", 32))


def test_model_knows_its_shape_before_any_picture():
    assert TriangleResize(32).compute_output_shape((None, None, None, 3)) == (None, 32, 32, 3)
