"""A text whose words show what they add to an answer."""

import html
from collections.abc import Iterator

from PySide6.QtGui import QColor
from PySide6.QtWidgets import QFrame, QTextBrowser

from tlgui.core.explanation import Explanation
from tlgui.gui.colors import Colors
from tlgui.gui.theme import Theme

FAINT = 0.12  # of the strongest word; what adds less is left plain
STRONG = 0.5
DEEPEST = 0.45  # share of the color behind the strongest word


class WordView(QTextBrowser):
    """Shades words for an answer and against it; bold and underlined tell them apart too."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._explanation: Explanation | None = None
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setOpenLinks(False)
        self.setAcceptDrops(False)
        self.viewport().setAutoFillBackground(False)
        self.document().setDocumentMargin(2)
        theme.changed.connect(self._draw)

    def show_words(self, explanation: Explanation | None) -> None:
        """Show the text of an explanation; None shows none."""
        if explanation is not self._explanation:
            self._explanation = explanation
            self._draw()

    def _draw(self) -> None:
        found = self._explanation
        self.setHtml("".join(_parts(found, self._theme.colors)) if found else "")


def _parts(explanation: Explanation, colors: Colors) -> Iterator[str]:
    strongest = max((abs(word.weight) for word in explanation.words), default=0.0)
    position = 0
    for word in explanation.words:
        yield _plain(explanation.text[position : word.start])
        share = word.weight / strongest if strongest else 0.0
        yield _shaded(explanation.text[word.start : word.end], share, colors)
        position = word.end
    yield _plain(explanation.text[position:])


def _shaded(text: str, share: float, colors: Colors) -> str:
    if abs(share) < FAINT:
        return _plain(text)
    ink = QColor(colors.accent if share > 0 else colors.unseen)
    ground = _mixed(QColor(colors.panel), ink, DEEPEST * abs(share))
    style = f"background-color: {ground.name()};"
    if share > 0:
        style += " font-weight: 700;" if share >= STRONG else " font-weight: 600;"
    else:
        style += " text-decoration: underline;"
    return f'<span style="{style}">{_plain(text)}</span>'


def _plain(text: str) -> str:
    return html.escape(text).replace("\n", "<br>")


def _mixed(first: QColor, second: QColor, share: float) -> QColor:
    def band(one: int, other: int) -> int:
        return round(one + share * (other - one))

    return QColor(
        band(first.red(), second.red()),
        band(first.green(), second.green()),
        band(first.blue(), second.blue()),
    )
