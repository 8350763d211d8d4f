import pytest
from PySide6.QtCore import QPoint
from PySide6.QtTest import QTest

from tlgui.gui.widgets.bar_list import Bar, BarList


@pytest.mark.parametrize("is_inline", [True, False])
def test_bars_are_drawn_described_and_explained(theme, qtbot, is_inline):
    bars = BarList(theme, is_inline=is_inline)
    qtbot.addWidget(bars)
    bars.resize(400, 300)
    shown = tuple(
        Bar(name=f"kind {n}", fraction=n / 9, value=f"{n}", hint=f"hint {n}") for n in range(10)
    )
    bars.show_bars(shown)
    bars.show_bars(shown)
    bars.show()
    assert bars.accessibleDescription().startswith("kind 0: 0; kind 1: 1")
    QTest.mouseMove(bars.widget(), QPoint(20, 10))
    qtbot.waitUntil(lambda: bars.widget().toolTip() == "hint 0")
    QTest.mouseMove(bars.widget(), QPoint(20, 4000))
    assert not bars.grab().isNull()


def test_thousand_kinds_scroll(theme, qtbot):
    bars = BarList(theme, is_inline=False)
    qtbot.addWidget(bars)
    bars.resize(300, 200)
    bars.show_bars(tuple(Bar(name="x", fraction=0.5, value="1") for _ in range(1000)))
    bars.show()
    assert bars.verticalScrollBar().maximum() > 10_000
