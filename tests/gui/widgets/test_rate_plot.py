"""The curve of a range test: what it shows, and the ways to take a rate from it."""

import math

import pytest
from PySide6.QtCore import QPoint, Qt

from tests.presets import LITE0
from tlgui.core.events import RatesTried, RateTried
from tlgui.core.planning import make_plan
from tlgui.gui.widgets.rate_plot import RatePlot
from tlgui.viewmodels.range_test import RangeTestViewModel

LOSSES = {1e-6: 0.9, 1e-5: 0.6, 1e-4: 0.4, 1e-3: 20.0}


@pytest.fixture
def viewmodel(engines, app_home):
    return RangeTestViewModel(engines, app_home)


@pytest.fixture
def plot(viewmodel, theme, qtbot):
    plot = RatePlot(viewmodel, theme)
    qtbot.addWidget(plot)
    plot.resize(480, 240)
    plot.show()
    qtbot.waitExposed(plot)
    return plot


@pytest.fixture
def tried(viewmodel, plot, engines, story):
    plan = make_plan(LITE0, strategy="head_then_all", settings={"learning_rate": "0.0001"})
    viewmodel.start("/jobs/scan-1/dataset.json", plan)
    for rate, loss in LOSSES.items():
        engines.running[-1].say(story.tell(RateTried, learning_rate=rate, loss=loss))
    engines.running[-1].say(story.tell(RatesTried, suggested=1e-5))
    viewmodel.announce_now()
    return viewmodel


def place_of(plot, decade) -> QPoint:
    middle = sum(plot.view.viewRange()[1]) / 2
    canvas = plot._canvas
    scene = plot.view.mapViewToScene(type(plot.view.mapSceneToView(canvas.pos()))(decade, middle))
    return canvas.mapFromScene(scene)


def test_curve_stands_on_a_logarithmic_axis_with_the_plan_and_the_suggestion(plot, tried):
    decades, losses = plot.curve.getData()
    assert list(decades) == pytest.approx([-6, -5, -4, -3])
    assert list(losses) == list(LOSSES.values())
    assert plot.line.value() == pytest.approx(-4)
    assert plot.name.toPlainText() == "0.0001"
    assert plot.mark.value() == pytest.approx(-5)
    assert plot.mark.isVisible()


def test_names_of_the_two_lines_do_not_lie_on_each_other(plot, tried):
    assert (plot.name.anchor.x(), plot.mark_name.anchor.x()) == (0, 1)
    tried.choose(2e-6)
    assert (plot.name.anchor.x(), plot.mark_name.anchor.x()) == (1, 0)
    tried.choose(1e-5)
    assert plot.name.toPlainText() == "1e-05, as suggested"
    assert not plot.mark.isVisible()


@pytest.mark.parametrize(("rate", "side"), [(1e-7, 0), (0.9, 1)])
def test_name_of_a_line_at_the_edge_stays_inside(plot, tried, rate, side):
    tried.choose(rate)
    assert plot.name.anchor.x() == side


def test_curve_of_another_plan_is_pale_and_takes_no_click(plot, tried):
    tried.follow(make_plan(LITE0, strategy="head_then_all", settings={"batch_size": "8"}))
    assert plot.curve.opacity() < 1
    plot.line.setPos(-6)
    plot.line.sigPositionChangeFinished.emit(plot.line)
    assert plot.line.value() == pytest.approx(math.log10(tried.chosen))


def test_loss_out_of_all_measure_does_not_flatten_the_rest(plot, tried):
    assert plot.view.viewRange()[1][1] < 5


def test_nothing_can_be_chosen_before_there_is_a_curve(plot, viewmodel, qtbot):
    plot.choose_at(-4)
    qtbot.keyClick(plot, Qt.Key.Key_Right)
    assert viewmodel.chosen is None
    assert not plot.line.isVisible()


def test_click_takes_the_rate_that_it_points_at(plot, tried, qtbot):
    with qtbot.waitSignal(tried.rate_chosen, timeout=1000):
        qtbot.mouseClick(
            plot._canvas.viewport(), Qt.MouseButton.LeftButton, pos=place_of(plot, -4.5)
        )
    assert math.log10(tried.chosen) == pytest.approx(-4.5, abs=0.1)
    assert plot.line.value() == pytest.approx(math.log10(tried.chosen))


def test_line_that_was_moved_takes_its_rate(plot, tried):
    plot.line.setPos(-3.5)
    plot.line.sigPositionChangeFinished.emit(plot.line)
    assert tried.chosen == pytest.approx(3.2e-4)


def test_arrow_keys_move_the_rate(plot, tried, qtbot):
    qtbot.keyClick(plot, Qt.Key.Key_Right)
    assert tried.chosen == pytest.approx(1.3e-4)
    qtbot.keyClick(plot, Qt.Key.Key_Left)
    qtbot.keyClick(plot, Qt.Key.Key_A)
    assert tried.chosen == pytest.approx(1e-4)


def test_screen_reader_hears_the_curve_and_the_choice(plot, tried):
    assert plot.accessibleDescription().endswith("Suggested: 1e-05. Chosen: 0.0001.")


def test_other_colors_keep_the_curve(plot, tried, theme):
    theme.changed.emit()
    assert len(plot.curve.getData()[0]) == len(LOSSES)
