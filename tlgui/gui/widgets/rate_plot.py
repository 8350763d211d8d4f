"""The curve of a learning-rate range test; a click takes a rate."""

import math
from typing import Any

import pyqtgraph as pg
from PySide6.QtCore import QPointF, QSize, Qt
from PySide6.QtGui import QFont, QKeyEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from tlgui.gui.theme import Theme
from tlgui.gui.widgets.painted import faded
from tlgui.viewmodels.range_test import (
    HIGHEST_RATE,
    LOWEST_RATE,
    RangeTestViewModel,
    rate_text,
)

AXIS_PX = 48
GRID_OPACITY = 200  # of 255
KEYS_PER_DECADE = 10
OUTDATED_OPACITY = 0.4
NAME_DECADES = 0.8  # that a name is wide
_KEYS = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}


class RatePlot(QWidget):
    """Draws a RangeTestViewModel: the loss over the rates, a line at the chosen one and a mark.

    A click, the line, or the arrow keys choose another rate; the mark is what is suggested.
    Holds no numbers of its own.
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
        self.setProperty("role", "plot")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAccessibleName(self.tr("Loss over learning rates"))
        # a PlotItem would bring menus and buttons of its own
        self.view = self._canvas.addViewBox(row=0, col=1, enableMenu=False, enableMouse=False)
        self._axes = (self._add_axis("left", 0, 0), self._add_axis("bottom", 1, 1))
        self._add_items()
        self.view.setXRange(*_decades(LOWEST_RATE, HIGHEST_RATE), padding=0)
        column = QVBoxLayout(self)
        column.setContentsMargins(2, 2, 2, 2)  # the frame that shows where the keyboard is
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
            reach = high - low
            # the names of the lines stand above the curve
            self.view.setYRange(low - 0.1 * reach, high + 0.25 * reach, padding=0)
        self.curve.setOpacity(OUTDATED_OPACITY if self._viewmodel.is_outdated else 1)
        self._show_lines(self._viewmodel.chosen, self._viewmodel.suggested)
        self.setAccessibleDescription(self._viewmodel.sentence)

    def sizeHint(self) -> QSize:
        """Return the least: it takes what the page has left."""
        return QSize(640, 116)

    def minimumSizeHint(self) -> QSize:
        """Return the room in which it can be read."""
        return QSize(280, 116)

    def choose_at(self, decade: float) -> None:
        """Take the rate at a place of the axis, the logarithm of the rate to base 10."""
        if self._viewmodel.points and not self._viewmodel.is_outdated:
            self._viewmodel.choose(10.0**decade)
        else:
            self.refresh()  # a line that was moved goes back

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Let the arrow keys move the line by a tenth of a decade."""
        move = _KEYS.get(Qt.Key(event.key()))
        if move is None or self._viewmodel.chosen is None:
            super().keyPressEvent(event)
            return
        self.choose_at(math.log10(self._viewmodel.chosen) + move / KEYS_PER_DECADE)

    def _add_items(self) -> None:
        self.curve = pg.PlotDataItem(antialias=True)
        self.line = pg.InfiniteLine(angle=90, movable=True)
        self.mark = pg.InfiniteLine(angle=90, movable=False)
        self.name = pg.TextItem(anchor=(0, 0))
        self.mark_name = pg.TextItem(self.tr("suggested"))
        self._heading = pg.TextItem(self.tr("loss"), anchor=(0, 0))
        names = (self._heading, self.mark_name, self.name)
        for name in names:
            name.setFont(_small())
            name.setZValue(10)  # above the grid, which the axes draw
        for item in (self.curve, self.mark, self.line, *names):
            self.view.addItem(item, ignoreBounds=True)

    def _show_lines(self, chosen: float | None, suggested: float | None) -> None:
        self.name.setText(rate_text(chosen) if chosen is not None else "")
        is_one = chosen is not None and chosen == suggested
        _show_line(self.line, self.name, chosen)
        _show_line(self.mark, self.mark_name, None if is_one else suggested)
        if is_one:
            self.name.setText(self.tr("{rate}, as suggested").format(rate=self.name.toPlainText()))
        self._place_names(chosen, suggested)

    def _place_names(self, chosen: float | None, suggested: float | None) -> None:
        """Write the names at the top, away from each other and inside the plot."""
        (left, right), (_, top) = self.view.viewRange()
        self._heading.setPos(left, top)
        for name, own, other in (
            (self.name, chosen, suggested),
            (self.mark_name, suggested, chosen),
        ):
            if own is not None:
                decade = math.log10(max(own, LOWEST_RATE))
                fits_left = decade > left + NAME_DECADES
                fits_right = decade < right - NAME_DECADES
                leaves_room = other is not None and own < other
                name.setAnchor((1 if fits_left and (leaves_room or not fits_right) else 0, 0))
                name.setPos(decade, top)

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
            words = [(tick, f"{10.0**tick:g}") for tick in ticks]
            words[1] = (words[1][0], self.tr("learning rate {rate}").format(rate=words[1][1]))
            axis.setTicks([words])
        self._canvas.addItem(axis, row=row, col=col)
        return axis

    def _repaint(self) -> None:
        colors = self._theme.colors
        self._canvas.setBackground(colors.panel)
        self._heading.setColor(colors.muted)
        for axis in self._axes:
            axis.setPen(pg.mkPen(colors.line))
            axis.setTextPen(pg.mkPen(colors.muted))
        self.curve.setPen(pg.mkPen(colors.train, width=2.2))
        self.line.setPen(pg.mkPen(colors.accent, width=2))
        self.line.setHoverPen(pg.mkPen(colors.accent, width=4))
        self.mark.setPen(pg.mkPen(colors.good, width=2, style=Qt.PenStyle.DashLine))
        self.name.setColor(colors.accent)
        self.mark_name.setColor(colors.good)
        for name in (self._heading, self.name, self.mark_name):
            name.fill = pg.mkBrush(faded(colors.panel, 0.85))  # a grid line would strike it out
        self.refresh()


def _show_line(line: Any, name: Any, rate: float | None) -> None:
    for item in (line, name):
        item.setVisible(rate is not None)
    if rate is not None:
        line.setPos(math.log10(max(rate, LOWEST_RATE)))


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
