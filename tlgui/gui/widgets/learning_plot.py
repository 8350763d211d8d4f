"""Accuracy and loss of a run, per epoch and per step."""

import math
from dataclasses import dataclass
from typing import Any

import pyqtgraph as pg
from PySide6.QtCore import QPoint, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QFont, QGuiApplication, QPainter
from PySide6.QtWidgets import QMenu, QVBoxLayout, QWidget

from tlgui.core.events import EpochEnded
from tlgui.core.run_state import RunState
from tlgui.core.strategy_words import PHASES
from tlgui.gui.colors import Colors
from tlgui.gui.theme import Theme
from tlgui.gui.widgets.painted import faded
from tlgui.viewmodels.run import RunViewModel
from tlgui.viewmodels.run_words import baseline_label, plot_sentence
from tlgui.viewmodels.samples import samples_of

LABEL_ROOM = 0.2  # of the epochs, right of the last one, for the names of the curves
AXIS_PX = 48
LINE_PX = 16
LEAST = QSize(480, 320)
GRID_OPACITY = 200  # of 255
SOON_MS = 20


@dataclass(frozen=True, slots=True)
class _Curves:
    """The items of one of the two plots."""

    heading: Any
    axis: Any
    view: Any
    steps: Any
    train: Any
    unseen: Any
    train_name: Any
    unseen_name: Any

    def paint(self, colors: Colors) -> None:
        self.steps.setPen(pg.mkPen(faded(colors.train, 0.35), width=1))
        pairs = (
            (self.train, self.train_name, colors.train),
            (self.unseen, self.unseen_name, colors.unseen),
        )
        for curve, name, color in pairs:
            curve.setPen(pg.mkPen(color, width=2.2))
            curve.setSymbolBrush(color)
            curve.setSymbolPen(None)
            name.setColor(color)
            name.fill = pg.mkBrush(faded(colors.panel, 0.75))  # a grid line would strike it out

    def show(self, epochs: list[int], train: list[float], unseen: list[float]) -> None:
        self.train.setData(epochs, train)
        self.unseen.setData(epochs, unseen)
        for name in (self.train_name, self.unseen_name):
            name.setVisible(bool(epochs))
        if epochs:
            self.train_name.setPos(epochs[-1], train[-1])
            self.unseen_name.setPos(epochs[-1], unseen[-1])

    def part_names(self) -> None:
        """Move the names of the curves apart where they would lie on each other."""
        low, high = self.view.viewRange()[1]
        difference = self.train_name.pos().y() - self.unseen_name.pos().y()
        distance_px = abs(difference) / (high - low) * self.view.height()
        shift = max(0.0, 0.5 - distance_px / LINE_PX / 2) * (1 if difference >= 0 else -1)
        self.train_name.setAnchor((0, 0.5 + shift))
        self.unseen_name.setAnchor((0, 0.5 - shift))


class LearningPlot(QWidget):
    """Draws a RunViewModel. Holds no numbers of its own."""

    save_requested = Signal()

    def __init__(
        self, viewmodel: RunViewModel, theme: Theme, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._viewmodel = viewmodel
        self._theme = theme
        self._canvas = pg.GraphicsLayoutWidget()
        self._canvas.ci.setContentsMargins(0, 0, 0, 0)
        self._canvas.ci.setSpacing(8)
        self._canvas.ci.layout.setHorizontalSpacing(0)
        self._canvas.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self._canvas.customContextMenuRequested.connect(self._show_menu)
        self.accuracy = self._add_curves(0, self.tr("Accuracy · higher is better"))
        self.loss = self._add_curves(2, self.tr("Loss · lower is better"))
        self.loss.view.setXLink(self.accuracy.view)
        self._epoch_axis = self._add_axis("bottom", self.loss.view, row=4, col=1)
        for row, share in ((1, 320), (3, 240)):
            self._canvas.ci.layout.setRowPreferredHeight(row, share)
            self._canvas.ci.layout.setRowStretchFactor(row, share)
        self.baseline = pg.InfiniteLine(angle=0, movable=False)
        self.baseline_name = pg.TextItem(anchor=(1, 1))
        for item in (self.baseline, self.baseline_name):
            self.accuracy.view.addItem(item, ignoreBounds=True)
        self._bands: list[Any] = []
        self._names: list[tuple[int, Any]] = []  # of phases, each at its start
        self._drawn_phases: object = None
        self._drawn_ranges: object = None
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._canvas)
        # in a turn of its own: painting it with everything else at once could be felt
        self._soon = QTimer(self, singleShot=True, interval=SOON_MS)
        self._soon.timeout.connect(self.refresh)
        theme.changed.connect(self._repaint)
        for signal in (viewmodel.changed, self.accuracy.view.sigResized):
            signal.connect(self._soon.start)
        self._repaint()

    def sizeHint(self) -> QSize:
        """Return little, and not the size it has: the page could not shrink again with that."""
        return LEAST

    @property
    def is_behind(self) -> bool:
        """Whether it has yet to show what the view-model tells."""
        return self._soon.isActive()

    def refresh(self) -> None:
        """Redraw from the view-model's current state."""
        if not self.isVisible():
            return
        state, trace = self._viewmodel.state, self._viewmodel.trace
        epochs = [e.epoch for e in state.epochs]
        self.accuracy.steps.setData(trace.epochs, trace.accuracies)
        self.loss.steps.setData(trace.epochs, trace.losses)
        self.accuracy.show(
            epochs,
            [e.train_accuracy for e in state.epochs],
            [e.val_accuracy for e in state.epochs],
        )
        self.loss.show(
            epochs, [e.train_loss for e in state.epochs], [e.val_loss for e in state.epochs]
        )
        self._show_ranges(state, trace.losses)
        self._show_baseline(state)
        self._name_unseen(state)
        self._place_labels()
        self.setAccessibleDescription(plot_sentence(state))
        self._canvas.setAccessibleDescription(plot_sentence(state))

    def showEvent(self, event: Any) -> None:
        """Catch up with what was not drawn while nobody looked."""
        super().showEvent(event)
        self._soon.start()

    def copy(self) -> None:
        """Put the plot on the clipboard as a picture."""
        QGuiApplication.clipboard().setPixmap(self._canvas.grab())

    def save(self, path: str) -> None:
        """Write the plot as SVG or PNG, as the name says."""
        if path.lower().endswith(".svg"):
            self._save_drawing(path)
        else:
            self._canvas.grab().save(path)

    def _save_drawing(self, path: str) -> None:
        from PySide6.QtSvg import QSvgGenerator

        drawing = QSvgGenerator()
        drawing.setFileName(path)
        drawing.setSize(self._canvas.size())
        drawing.setViewBox(self._canvas.rect())
        painter = QPainter(drawing)
        self._canvas.render(painter)
        painter.end()

    def _add_curves(self, row: int, heading: str) -> _Curves:
        label = self._canvas.addLabel(
            heading, row=row, col=0, colspan=2, justify="left", size="12px"
        )
        # a PlotItem would bring menus and buttons of its own
        view = self._canvas.addViewBox(row=row + 1, col=1, enableMenu=False, enableMouse=False)
        axis = self._add_axis("left", view, row=row + 1, col=0)
        axis.setWidth(AXIS_PX)
        axis.setGrid(GRID_OPACITY)
        curves = _Curves(
            label,
            axis,
            view,
            pg.PlotDataItem(antialias=True),
            pg.PlotDataItem(symbol="o", symbolSize=6, antialias=True),
            pg.PlotDataItem(symbol="s", symbolSize=6, antialias=True),
            pg.TextItem(self.tr("  training")),
            pg.TextItem(),
        )
        for curve in (curves.steps, curves.train, curves.unseen):
            view.addItem(curve, ignoreBounds=True)
        for name in (curves.train_name, curves.unseen_name):
            name.setFont(_small())
            name.setZValue(10)  # above the grid, which the axes draw
            view.addItem(name, ignoreBounds=True)
        return curves

    def _name_unseen(self, state: RunState) -> None:
        words = self.tr("  unseen {samples}").format(samples=samples_of(state))
        for name in (self.accuracy.unseen_name, self.loss.unseen_name):
            if name.toPlainText() != words:
                name.setPlainText(words)

    def _add_axis(self, side: str, view: Any, row: int, col: int) -> Any:
        axis = pg.AxisItem(side, linkView=view)
        axis.setStyle(tickFont=_small(), tickLength=0)
        self._canvas.addItem(axis, row=row, col=col)
        return axis

    def _show_ranges(self, state: RunState, step_losses: list[float]) -> None:
        total = state.started.max_epochs if state.started else 1
        if state.status == "finished" and state.epochs:
            total = state.epochs[-1].epoch
        start = 0.0 if self._viewmodel.trace.epochs or total > 1 else 0.5
        drawn = (total, start, _lowest(state), _highest(state, step_losses))
        if drawn == self._drawn_ranges:
            return  # drawing the axes anew costs more than the curves
        self._drawn_ranges = drawn
        view = self.accuracy.view
        view.setXRange(start, total + max(0.35, total * LABEL_ROOM), padding=0)
        stride = max(1, round(total / 10))
        ticks = [(n, str(n)) for n in range(stride, total + 1, stride)]
        ticks[0] = (stride, self.tr("epoch {number}").format(number=stride))
        self._epoch_axis.setTicks([ticks])
        low = _lowest(state)
        view.setYRange(low - 0.02, 1.05, padding=0)
        step = 0.1 if low > 0.55 else 0.2
        marks = [round(1 - step * n, 1) for n in range(int((1 - low) / step + 1e-6) + 1)]
        self.accuracy.axis.setTicks([[(m, f"{m * 100:.0f} %") for m in marks]])
        highest = drawn[-1]
        self.loss.view.setYRange(-0.06 * highest, highest * 1.12, padding=0)

    def _place_labels(self) -> None:
        for curves in (self.accuracy, self.loss):
            curves.part_names()
        self._show_bands(self._viewmodel.state)
        self._place_names()

    def _show_baseline(self, state: RunState) -> None:
        started = state.started
        self.baseline.setVisible(started is not None)
        self.baseline_name.setVisible(started is not None)
        if started is None:
            return
        self.baseline.setPos(started.majority_baseline)
        self.baseline_name.setText(baseline_label(state))
        right = self.accuracy.view.viewRange()[0][1]
        self.baseline_name.setPos(right, started.majority_baseline)

    def _show_bands(self, state: RunState) -> None:
        if state.phases == self._drawn_phases:
            return
        self._drawn_phases = state.phases
        for view, item in self._bands:
            view.removeItem(item)
        self._bands, self._names = [], []
        names = [phase.phase for phase in state.phases]
        number = -1  # of the row of phases alike, which share one name
        for index, phase in enumerate(state.phases):
            is_new = not index or names[index] != names[index - 1]
            number += is_new
            ends = (phase.after_epoch, phase.after_epoch + phase.epochs)
            self._add_band(number, ends, is_new)
            if is_new:
                self._add_name(phase.after_epoch, PHASES.get(phase.phase, phase.phase))

    def _add_band(self, number: int, ends: tuple[int, int], is_new: bool) -> None:
        """Draw the ground of a phase; one like that before it is parted from it by a line."""
        colors = self._theme.colors
        for view in (self.accuracy.view, self.loss.view):
            brush = faded(colors.accent, 0.10 if number % 2 == 0 else 0.05)
            band = pg.LinearRegionItem(ends, movable=False, brush=brush, pen=pg.mkPen(None))
            if not is_new:
                band.lines[0].setPen(pg.mkPen(faded(colors.accent, 0.25), width=1))
            band.setZValue(-10)
            view.addItem(band, ignoreBounds=True)
            self._bands.append((view, band))

    def _add_name(self, start: int, name: str) -> None:
        label = pg.TextItem(name, color=self._theme.colors.muted, anchor=(0, 1))
        label.setFont(_small())
        label.fill = pg.mkBrush(faded(self._theme.colors.panel, 0.75))
        view = self.accuracy.view
        view.addItem(label, ignoreBounds=True)
        self._bands.append((view, label))
        self._names.append((start, label))

    def _place_names(self) -> None:
        """Let neighbors take turns on two lines: a first phase is often narrower than its name."""
        view = self.accuracy.view
        (left, _), (low, high) = view.viewRange()
        line = (high - low) * LINE_PX / max(LINE_PX, view.height())
        for number, (start, label) in enumerate(self._names):
            label.setPos(max(left, start), low + (number % 2) * line)

    def _repaint(self) -> None:
        colors = self._theme.colors
        self._canvas.setBackground(colors.panel)
        for curves in (self.accuracy, self.loss):
            curves.paint(colors)
            curves.heading.setText(curves.heading.text, color=colors.muted)
        for axis in (self.accuracy.axis, self.loss.axis, self._epoch_axis):
            axis.setPen(pg.mkPen(colors.line))
            axis.setTextPen(pg.mkPen(colors.muted))
        self.baseline.setPen(pg.mkPen(QColor(colors.muted), style=Qt.PenStyle.DashLine))
        self.baseline_name.setColor(colors.muted)
        self.baseline_name.setFont(_small())
        self._drawn_phases = None
        self.refresh()

    def _show_menu(self, position: QPoint) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction(self.tr("Copy plot")).triggered.connect(lambda: self.copy())
        menu.addAction(self.tr("Save plot…")).triggered.connect(lambda: self.save_requested.emit())
        menu.popup(self._canvas.mapToGlobal(position))


def _small() -> QFont:
    font = QFont()
    font.setPixelSize(11)
    return font


def _highest(state: RunState, step_losses: list[float]) -> float:
    """Return the upper end of the loss axis, rounded up, so that it does not move all the time."""
    losses = [v for e in state.epochs for v in (e.train_loss, e.val_loss)]
    ordinary = sorted(step_losses)[: int(len(step_losses) * 0.98)]
    highest = max([*losses, *ordinary, 1e-6]) if losses or ordinary else 1.0
    unit = float(10.0 ** math.floor(math.log10(highest))) / 5
    return float(math.ceil(highest / unit) * unit)


def _lowest(state: RunState) -> float:
    """Return the lower end of the accuracy axis: a round number below all that matters."""
    values = [v for e in state.epochs for v in _accuracies(e)]
    if state.started is not None:
        values.append(state.started.majority_baseline)
    return max(0.0, int((min(values, default=0.0) - 0.05) * 5) / 5)


def _accuracies(epoch: EpochEnded) -> tuple[float, float]:
    return epoch.train_accuracy, epoch.val_accuracy
