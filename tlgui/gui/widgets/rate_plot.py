"""The curve of a learning-rate range test; a click takes a rate."""

import math
from typing import Any

import pyqtgraph as pg
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QFont, QKeyEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from tlgui.gui.theme import Theme
from tlgui.viewmodels.range_test import (
    HIGHEST_RATE,
    LOWEST_RATE,
    RangeTestViewModel,
    rate_text,
)

AXIS_PX = 48
GRID_OPACITY = 200  # of 255
KEYS_PER_DECADE = 10
_KEYS = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}


class RatePlot(QWidget):
    """Draws a RangeTestViewModel: the loss over the rates, and a line at the chosen one.

    A click, the line, or the arrow keys choose another rate. Holds no numbers of its own.
    """

    def __init__(
        self, viewmodel: RangeTestViewModel, theme: Theme, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._viewmodel = viewmodel
        self._theme = theme
        self._canvas = pg.GraphicsLayoutWidget()
        self._canvas.ci.setContentsMargins(0, 0, 0, 0)
        self._canvas.ci.setSpacing(0)
        self._canvas.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(self.tr("Loss over learning rates"))
        self._heading = self._canvas.addLabel(
            self.tr("Loss over learning rates · click to choose"),
            row=0,
            col=0,
            colspan=2,
            justify="left",
            size="12px",
        )
        # a PlotItem would bring menus and buttons of its own
        self.view = self._canvas.addViewBox(row=1, col=1, enableMenu=False, enableMouse=False)
        self._axes = (self._add_axis("left", 1, 0), self._add_axis("bottom", 2, 1))
        self.curve = pg.PlotDataItem(antialias=True)
        self.line = pg.InfiniteLine(angle=90, movable=True)
        self.name = pg.TextItem(anchor=(0, 0))
        self.name.setFont(_small())
        for item in (self.curve, self.line, self.name):
            self.view.addItem(item, ignoreBounds=True)
        self.view.setXRange(*_decades(LOWEST_RATE, HIGHEST_RATE), padding=0)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._canvas)
        self.line.sigPositionChangeFinished.connect(self._take_line)
        self._canvas.scene().sigMouseClicked.connect(self._on_click)
        theme.changed.connect(self._repaint)
        viewmodel.changed.connect(self.refresh)
        self._repaint()

    def refresh(self) -> None:
        """Redraw from the view-model's current state."""
        points = self._viewmodel.points
        losses = [point.loss for point in points]
        self.curve.setData([math.log10(point.learning_rate) for point in points], losses)
        if losses:
            low, high = min(losses), _ceiling(losses)
            self.view.setYRange(low - 0.1 * (high - low), high, padding=0)
        chosen = self._viewmodel.chosen
        self.line.setVisible(chosen is not None)
        self.name.setVisible(chosen is not None)
        if chosen is not None:
            self._show_chosen(chosen)
        self.setAccessibleDescription(self._viewmodel.sentence)

    def choose_at(self, decade: float) -> None:
        """Take the rate at a place of the axis, the logarithm of the rate to base 10."""
        if self._viewmodel.points:
            self._viewmodel.choose(10.0**decade)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Let the arrow keys move the line by a tenth of a decade."""
        move = _KEYS.get(Qt.Key(event.key()))
        if move is None or self._viewmodel.chosen is None:
            super().keyPressEvent(event)
            return
        self.choose_at(math.log10(self._viewmodel.chosen) + move / KEYS_PER_DECADE)

    def _show_chosen(self, rate: float) -> None:
        decade = math.log10(rate)
        self.line.setPos(decade)
        self.name.setText(rate_text(rate))
        (left, right), (_, top) = self.view.viewRange()
        self.name.setAnchor((1 if decade > (left + right) / 2 else 0, 0))
        self.name.setPos(decade, top)

    def _take_line(self) -> None:
        self.choose_at(float(self.line.value()))

    def _on_click(self, click: Any) -> None:
        place: QPointF = click.scenePos()
        if click.button() == Qt.MouseButton.LeftButton and self.view.sceneBoundingRect().contains(
            place
        ):
            self.choose_at(float(self.view.mapSceneToView(place).x()))

    def _add_axis(self, side: str, row: int, col: int) -> Any:
        axis = pg.AxisItem(side, linkView=self.view)
        axis.setStyle(tickFont=_small(), tickLength=0)
        axis.setGrid(GRID_OPACITY)
        if side == "left":
            axis.setWidth(AXIS_PX)
        else:
            first, last = _decades(LOWEST_RATE, 1.0)
            ticks = range(round(first), round(last) + 1)
            axis.setTicks([[(tick, f"{10.0**tick:g}") for tick in ticks]])
        self._canvas.addItem(axis, row=row, col=col)
        return axis

    def _repaint(self) -> None:
        colors = self._theme.colors
        self._canvas.setBackground(colors.panel)
        self._heading.setText(self._heading.text, color=colors.muted)
        for axis in self._axes:
            axis.setPen(pg.mkPen(colors.line))
            axis.setTextPen(pg.mkPen(colors.muted))
        self.curve.setPen(pg.mkPen(colors.train, width=2.2))
        self.line.setPen(pg.mkPen(colors.accent, width=2))
        self.line.setHoverPen(pg.mkPen(colors.accent, width=4))
        self.name.setColor(colors.accent)
        self.refresh()


def _decades(low: float, high: float) -> tuple[float, float]:
    return math.log10(low), math.log10(high)


def _ceiling(losses: list[float]) -> float:
    """Return the top of the loss axis: the last losses, out of all measure, may leave it."""
    ordinary = max(losses[: max(1, len(losses) // 2)])
    return min(max(losses), 3 * ordinary) + 1e-6


def _small() -> QFont:
    font = QFont()
    font.setPixelSize(11)
    return font
