"""A plot from 0 to 100 % in both directions."""

import pytest
from PySide6.QtGui import QColor

from tlgui.gui.widgets.unit_plot import Dot, UnitPlot


@pytest.fixture
def plot(qtbot, theme):
    plot = UnitPlot(theme, "answered", "right", has_diagonal=True)
    qtbot.addWidget(plot)
    plot.resize(300, 240)
    return plot


def color_at(plot, x, y):
    return plot.grab().toImage().pixelColor(plot._place(x, y).toPoint())


def test_dots_and_mark_stand_where_their_numbers_say(plot, theme):
    plot.show_dots([Dot(x=0.5, y=0.9, low=0.7, high=0.95, share=1.0)])
    plot.show_line([(0.0, 0.2), (1.0, 0.2)], (0.25, 0.2))
    assert color_at(plot, 0.5, 0.9) == QColor(theme.colors.unseen)
    assert color_at(plot, 0.25, 0.2) == QColor(theme.colors.accent)
    line = color_at(plot, 0.75, 0.2)
    assert line.red() > 200 > 120 > line.blue()  # orange, at its soft edge


def test_nothing_to_draw_is_an_empty_grid(plot):
    assert not plot.grab().isNull()


def test_axes_may_change_their_meaning(plot):
    before = plot.grab().toImage()
    plot.name_axes("recognized", "precision")
    assert plot.grab().toImage() != before


def test_two_lines_have_colors_and_names_of_their_own(plot, theme):
    nameless = plot.grab().toImage()
    plot.show_pair([(0.0, 0.8), (1.0, 0.8)], [(0.0, 0.3), (1.0, 0.3)], ("mine", "other"))
    upper, lower = color_at(plot, 0.3, 0.8), color_at(plot, 0.3, 0.3)
    assert upper.red() > upper.blue()
    assert lower.blue() > lower.red()
    assert plot.grab().toImage() != nameless
