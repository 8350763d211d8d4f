import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel

from tests.presets import LITE0
from tlgui.core.planning import possible_strategies
from tlgui.core.strategies import STRATEGIES
from tlgui.core.strategy_help import STRATEGY_HELP
from tlgui.gui.strategy_window import StrategyWindow
from tlgui.gui.widgets.group_strip import GroupStrip
from tlgui.viewmodels.strategy_cards import pages

NAMES = [s.id for s in possible_strategies(LITE0)]


@pytest.fixture
def window(desk, theme, qtbot) -> StrategyWindow:
    window = StrategyWindow(desk.window, theme)
    qtbot.addWidget(window)
    window.show_page(dict(pages(LITE0, None)), NAMES[0])
    window.show()
    return window


def texts(window) -> str:
    return "\n".join(label.text() for label in window.area.widget().findChildren(QLabel))


@pytest.mark.parametrize("name", NAMES)
def test_every_strategy_has_a_page_with_a_picture_and_its_source(window, name):
    window.titles.setCurrentRow(NAMES.index(name))
    read = texts(window)
    assert STRATEGIES[name].source in read
    assert STRATEGY_HELP[name].happens in read
    strips = window.area.widget().findChildren(GroupStrip)
    assert strips
    assert all(strip.accessibleName() for strip in strips)


def test_pages_are_turned_by_the_keyboard(window, qtbot):
    window.titles.setFocus()
    qtbot.keyClick(window.titles, Qt.Key.Key_Down)
    assert STRATEGY_HELP[NAMES[1]].happens in texts(window)


@pytest.mark.parametrize("name", NAMES)
def test_page_is_as_wide_as_the_window(window, name):
    window.titles.setCurrentRow(NAMES.index(name))
    assert window.area.horizontalScrollBar().maximum() == 0
