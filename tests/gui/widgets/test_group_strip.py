import pytest
from PySide6.QtGui import QColor

from tlgui.gui.widgets.group_strip import GroupStrip
from tlgui.viewmodels.strip import Block

FROZEN, TRAINED = Block(mark="frozen"), Block(mark="trained")
HEAD = Block(mark="trained", is_head=True)


@pytest.fixture
def strip(theme, qtbot) -> GroupStrip:
    strip = GroupStrip(theme)
    qtbot.addWidget(strip)
    strip.resize(120, 42)
    strip.show()
    qtbot.waitExposed(strip)
    return strip


def color_at(strip, share: float) -> QColor:
    image = strip.grab().toImage()
    return image.pixelColor(int(share * image.width()), int(0.6 * image.height()))


def test_frozen_learning_and_last_layer_differ(strip, theme):
    strip.show_blocks((FROZEN, TRAINED, HEAD))
    colors = theme.colors
    drawn = [color_at(strip, share).name().upper() for share in (1 / 6, 3 / 6, 5 / 6)]
    assert drawn == [colors.line, colors.accent, colors.good]


@pytest.mark.parametrize("mark", ["fresh", "inside", "beside", "between", "tokens"])
def test_every_mark_looks_different_from_frozen_and_learning(strip, mark):
    images = []
    for block in (FROZEN, TRAINED, Block(mark=mark)):
        strip.show_blocks((block, HEAD))
        images.append(strip.grab().toImage())
    assert images[2] not in images[:2]


def test_group_that_thaws_changes_its_color_on_the_way(strip, theme, monkeypatch):
    monkeypatch.setattr(strip, "_is_animated", lambda: True)
    strip.show_blocks((FROZEN, HEAD))
    strip.show_blocks((TRAINED, HEAD), fades=True)
    strip.fade.pause()
    strip.fade.setCurrentTime(strip.fade.duration() // 2)
    between = color_at(strip, 0.25).name().upper()
    assert between not in (theme.colors.line, theme.colors.accent)
    strip.fade.stop()
    assert color_at(strip, 0.25).name().upper() == theme.colors.accent


def test_nothing_moves_where_the_system_wants_it_still(strip, monkeypatch):
    monkeypatch.setattr(strip, "_is_animated", lambda: False)
    strip.show_blocks((FROZEN, HEAD))
    strip.show_blocks((TRAINED, HEAD), fades=True)
    assert strip.fade.state() == strip.fade.State.Stopped


def test_strip_of_another_network_does_not_fade(strip, monkeypatch):
    monkeypatch.setattr(strip, "_is_animated", lambda: True)
    strip.show_blocks((FROZEN, HEAD))
    strip.show_blocks((FROZEN, TRAINED, HEAD), fades=True)
    assert strip.fade.state() == strip.fade.State.Stopped


def test_strip_tells_a_screen_reader_what_it_shows(strip):
    strip.show_blocks((FROZEN, TRAINED, HEAD))
    assert strip.accessibleName() == "1 of 2 layer groups learn"
