"""Views of which one is chosen."""

import pytest

from tlgui.gui.widgets.pills import Pills


@pytest.fixture
def pills(qtbot):
    pills = Pills({"a": "First", "b": "A second one"})
    qtbot.addWidget(pills)
    pills.show()
    return pills


def test_click_tells_which_one_and_only_one_is_down(pills, qtbot):
    with qtbot.waitSignal(pills.chosen) as chosen:
        pills.buttons["b"].click()
    assert chosen.args == ["b"]
    pills.show_chosen("a")
    assert [button.isChecked() for button in pills.buttons.values()] == [True, False]


def test_nothing_moves_when_another_one_is_chosen(pills):
    before = [button.geometry() for button in pills.buttons.values()]
    pills.show_chosen("b")
    assert [button.geometry() for button in pills.buttons.values()] == before
