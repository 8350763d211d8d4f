import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPalette

from tlgui.gui.colors import DARK, LIGHT
from tlgui.gui.style_sheet import style_sheet


def luminance(color: str) -> float:
    """Relative luminance of WCAG 2.1."""
    shares = [QColor(color).redF(), QColor(color).greenF(), QColor(color).blueF()]
    linear = [s / 12.92 if s <= 0.03928 else ((s + 0.055) / 1.055) ** 2.4 for s in shares]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("colors", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize(
    ("text", "ground"),
    [
        ("text", "background"),
        ("text", "panel"),
        ("text", "warning_ground"),
        ("text", "soft"),
        ("muted", "background"),
        ("muted", "panel"),
        ("accent", "background"),
        ("accent_text", "accent"),
        ("warning", "warning_ground"),
    ],
)
def test_every_text_can_be_read_on_its_ground(colors, text, ground):
    assert contrast(getattr(colors, text), getattr(colors, ground)) >= 4.5


def test_choice_is_seen_at_once(theme, qapp, qtbot):
    with qtbot.waitSignal(theme.changed, timeout=1000):
        theme.choose("dark")
    assert theme.is_dark
    assert qapp.palette().color(QPalette.ColorRole.Window) == QColor(DARK.background)
    theme.choose("light")
    assert qapp.palette().color(QPalette.ColorRole.Window) == QColor(LIGHT.background)


@pytest.mark.parametrize(("scheme", "is_dark"), [("Dark", True), ("Light", False)])
def test_system_is_followed_while_the_window_is_open(theme, monkeypatch, scheme, is_dark):
    monkeypatch.setattr(theme, "_system_scheme", lambda: getattr(Qt.ColorScheme, scheme))
    theme.choose("system")
    assert theme.is_dark == is_dark
    theme.choose("light")
    theme._on_system_changed()
    assert not theme.is_dark, "a choice outranks the system"


def test_system_change_is_taken_over_live(theme, monkeypatch):
    theme.choose("system")
    monkeypatch.setattr(theme, "_system_scheme", lambda: Qt.ColorScheme.Dark)
    theme._on_system_changed()
    assert theme.is_dark


@pytest.mark.parametrize("colors", [LIGHT, DARK], ids=["light", "dark"])
def test_style_sheet_has_no_gaps(colors):
    assert "$" not in style_sheet(colors)
