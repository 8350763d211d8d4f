"""Heat laid over pictures, for every eye."""

import numpy as np
import pytest
from PIL import Image

from tlgui.engine.results.heat_pictures import WARM, overlay, scaled, small_copy


def _hot(heat, *, is_signed=False, size=(80, 40)):
    return np.asarray(overlay(Image.new("RGB", size, (90, 90, 90)), heat, is_signed=is_signed), int)


def test_more_heat_is_lighter_so_that_its_order_needs_no_color():
    light = [0.2126 * r + 0.7152 * g + 0.0722 * b for r, g, b in WARM]
    assert light == sorted(light)


def test_cold_places_show_the_picture_and_hot_ones_the_color():
    picture = _hot(np.array([[1.0, 0.0, 0.0, 0.0]]))

    assert picture.shape == (40, 80, 3)
    assert picture[20, 2, 0] > 200
    np.testing.assert_allclose(picture[20, -2], 90, atol=1)


def test_places_against_a_class_have_a_color_of_their_own_where_two_are_compared():
    picture = _hot(np.array([[1.0, 0.0, 0.0, -1.0]]), is_signed=True)

    assert picture[20, 2, 2] > picture[20, 2, 0], "blue for it"
    assert picture[20, -2, 0] > picture[20, -2, 2], "orange against it"
    np.testing.assert_array_equal(_hot(np.array([[0.0, -1.0]])), 90)


@pytest.mark.parametrize("is_signed", [False, True])
def test_picture_that_says_nothing_stays_gray(is_signed):
    np.testing.assert_array_equal(_hot(np.zeros((3, 3)), is_signed=is_signed), 90)
    assert not scaled(-np.ones((2, 2)), is_signed=False).any()


@pytest.mark.parametrize("size", [(1, 1), (1, 4000), (3000, 20), (320, 200)])
def test_copies_of_all_shapes_are_small(size):
    assert max(small_copy(Image.new("RGB", size)).size) == 320
