"""The left side of the window: the stages, the recent runs and the choice of colors."""

from typing import Final, get_args

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import (
    QComboBox,
    QFrame,
    QHBoxLayout,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from tlgui.core.settings import Theme as Choice
from tlgui.gui.theme import Theme
from tlgui.gui.widgets.button import make_button
from tlgui.gui.widgets.text import make_label
from tlgui.viewmodels.appearance import AppearanceViewModel
from tlgui.viewmodels.journey import STAGES, JourneyViewModel, Stage
from tlgui.viewmodels.runs import RunSummary

WIDTH_PX: Final = 216
MARK_PX: Final = 20
RINGS_PX: Final = 22


class Sidebar(QWidget):
    """Draws a JourneyViewModel and its runs."""

    def __init__(
        self, journey: JourneyViewModel, appearance: AppearanceViewModel, theme: Theme
    ) -> None:
        super().__init__()
        self.setObjectName("sidebar")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFixedWidth(WIDTH_PX)
        self._journey, self._appearance, self._theme = journey, appearance, theme
        self.stages: dict[Stage, StageButton] = {}
        self.run_buttons: list[RunButton] = []
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(16, 24, 16, 12)
        self._column.setSpacing(4)
        self._add_brand()
        self._add_stages()
        self._runs = self._add_runs()
        self.colors = self._add_colors()
        journey.changed.connect(self.refresh)
        journey.runs.changed.connect(self.refresh_runs)
        self.refresh()
        self.refresh_runs()

    def refresh(self) -> None:
        """Redraw from the view-models' current state."""
        current = self._journey.run.run
        for stage, button in self.stages.items():
            button.show_state(
                is_current=stage == self._journey.stage,
                is_done=self._journey.is_done(stage),
                is_reachable=self._journey.is_reachable(stage),
            )
        for run_button in self.run_buttons:
            run_button.setChecked(
                run_button.summary.run == current and self._journey.stage in STAGES[3:]
            )

    def refresh_runs(self) -> None:
        """List the recent runs anew."""
        for old in self.run_buttons:
            self._runs.removeWidget(old)
            old.deleteLater()
        self.run_buttons = [self._run_button(s) for s in self._journey.runs.runs]
        for index, button in enumerate(self.run_buttons):
            self._runs.insertWidget(index, button)
        self._runs_heading.setVisible(bool(self.run_buttons))

    def _add_brand(self) -> None:
        brand = make_label("tlgui", "brand")
        brand.setContentsMargins(8, 0, 0, 0)
        self._column.addWidget(brand)
        self._column.addSpacing(16)

    def _add_stages(self) -> None:
        names: dict[Stage, str] = {
            "data": self.tr("Data"),
            "plan": self.tr("Plan"),
            "run": self.tr("Run"),
            "result": self.tr("Result"),
            "use": self.tr("Use && export").replace("&&", "&"),
        }
        for number, (stage, name) in enumerate(names.items(), start=1):
            button = StageButton(number, name, self._theme)
            button.clicked.connect(lambda _checked, stage=stage: self._go_to(stage))
            button.setToolTip(f"Ctrl+{number}")
            self.stages[stage] = button
            self._column.addWidget(button)
        self._column.addSpacing(16)
        self.new = make_button(
            self.tr("Start something new"), "link", lambda: self._journey.go_to("start")
        )
        row = QHBoxLayout()
        row.setContentsMargins(6, 0, 0, 0)
        row.addWidget(self.new)
        row.addStretch(1)
        self._column.addLayout(row)

    def _go_to(self, stage: Stage) -> None:
        self._journey.go_to(stage)
        self.refresh()  # a click on a checkable button has changed its mark already

    def _add_runs(self) -> QVBoxLayout:
        self._runs_heading = make_label(self.tr("Recent runs").upper(), "section")
        self._runs_heading.setContentsMargins(8, 12, 0, 0)
        self._column.addWidget(self._runs_heading)
        content = QWidget()
        content.setAutoFillBackground(False)
        column = QVBoxLayout(content)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addStretch(1)
        area = QScrollArea()
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(content)
        area.viewport().setAutoFillBackground(False)
        self._column.addWidget(area, 1)
        return column

    def _run_button(self, summary: RunSummary) -> "RunButton":
        button = RunButton(summary, self._theme)
        button.clicked.connect(lambda: self._open_run(summary))
        return button

    def _open_run(self, summary: RunSummary) -> None:
        self._journey.open_run(summary.run)
        self.refresh()

    def _add_colors(self) -> QComboBox:
        box = QComboBox()
        box.setProperty("role", "calm")
        box.setAccessibleName(self.tr("Colors"))
        words = {
            "system": self.tr("Colors of the system"),
            "light": self.tr("Light colors"),
            "dark": self.tr("Dark colors"),
        }
        for choice in get_args(Choice):
            box.addItem(words[choice], choice)
        self._appearance.changed.connect(
            lambda: box.setCurrentIndex(box.findData(self._appearance.settings.theme))
        )
        box.setCurrentIndex(box.findData(self._appearance.settings.theme))
        box.activated.connect(lambda: self._appearance.choose_theme(box.currentData()))
        self._column.addWidget(box)
        return box


class _SideButton(QPushButton):
    def __init__(self, role: str, theme: Theme) -> None:
        super().__init__()
        self.setProperty("role", role)
        self.setCheckable(True)
        self.setAutoDefault(True)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._theme = theme

    def minimumSizeHint(self) -> QSize:
        """Return a width that any sidebar has; long names are elided."""
        return QSize(80, self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self.paint_content(painter)
        painter.end()

    def paint_content(self, painter: QPainter) -> None:
        """Draw on top of the ground."""

    def paint_text(self, painter: QPainter, rect: QRect, text: str, color: str) -> None:
        """Draw one line of text, elided where it does not fit."""
        painter.setPen(QColor(color))
        elided = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, rect.width())
        painter.drawText(rect, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, elided)


class StageButton(_SideButton):
    """A stage with its number, or a check mark once it lies behind."""

    def __init__(self, number: int, name: str, theme: Theme) -> None:
        super().__init__("stage", theme)
        self._number, self._name = number, name
        self.is_done = False

    def show_state(self, *, is_current: bool, is_done: bool, is_reachable: bool) -> None:
        """Draw where the journey is."""
        self.is_done = is_done
        self.setChecked(is_current)
        self.setEnabled(is_reachable)
        self.setAccessibleName(self._name + (self.tr(", done") if is_done else ""))
        self.update()

    def sizeHint(self) -> QSize:
        """Return a comfortable row."""
        return QSize(WIDTH_PX, 36)

    def paint_content(self, painter: QPainter) -> None:
        """Draw the mark and the name."""
        colors = self._theme.colors
        mark = QRectF(8, (self.height() - MARK_PX) / 2, MARK_PX, MARK_PX)
        self._paint_mark(painter, mark.adjusted(0.75, 0.75, -0.75, -0.75))
        font = self.font()
        font.setPixelSize(13)
        if self.isChecked():
            font.setWeight(font.Weight.DemiBold)
        painter.setFont(font)
        color = colors.text if self.isChecked() or self.isEnabled() else colors.muted
        self.paint_text(painter, QRect(38, 0, self.width() - 46, self.height()), self._name, color)

    def _paint_mark(self, painter: QPainter, mark: QRectF) -> None:
        colors = self._theme.colors
        if self.is_done:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(colors.good))
            painter.drawEllipse(mark)
            painter.setPen(QPen(QColor(colors.panel), 1.6))
            x, y = mark.center().x(), mark.center().y()
            painter.drawPolyline(_points((x - 4, y), (x - 1, y + 3), (x + 4, y - 3)))
            return
        ring = colors.accent if self.isChecked() else colors.line
        painter.setPen(QPen(QColor(ring), 1.5))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawEllipse(mark)
        font = self.font()
        font.setPixelSize(11)
        painter.setFont(font)
        painter.setPen(QColor(colors.accent if self.isChecked() else colors.muted))
        painter.drawText(mark, Qt.AlignmentFlag.AlignCenter, str(self._number))


class RunButton(_SideButton):
    """A recent run with its accuracy or status."""

    def __init__(self, summary: RunSummary, theme: Theme) -> None:
        super().__init__("row", theme)
        self.summary = summary
        self.setAccessibleName(f"{summary.name}, {summary.detail}")
        self.setToolTip(str(summary.run.path))

    def sizeHint(self) -> QSize:
        """Return room for two lines."""
        return QSize(WIDTH_PX, 48)

    def paint_content(self, painter: QPainter) -> None:
        """Draw the name and what is known of the run."""
        font = self.font()
        font.setPixelSize(13)
        painter.setFont(font)
        colors = self._theme.colors
        width = self.width() - 16
        room = width - (RINGS_PX if self.summary.is_ensemble else 0)
        self.paint_text(painter, QRect(8, 5, room, 20), self.summary.name, colors.text)
        if self.summary.is_ensemble:
            self._paint_rings(painter, QPointF(8 + width - RINGS_PX / 2, 15))
        font.setPixelSize(11)
        painter.setFont(font)
        self.paint_text(painter, QRect(8, 25, width, 17), self.summary.detail, colors.muted)

    def _paint_rings(self, painter: QPainter, center: QPointF) -> None:
        """Draw two rings that share a part: several models in one."""
        painter.setPen(QPen(QColor(self._theme.colors.accent), 1.4))
        for shift in (-3, 3):
            painter.drawEllipse(center + QPointF(shift, 0), 4.5, 4.5)


def _points(*places: tuple[float, float]) -> list[QPointF]:
    return [QPointF(x, y) for x, y in places]
