"""The result page: a verdict, where the model errs, how sure it is, and what labels hide."""

from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from tlgui.core.evaluation import ClassScore
from tlgui.core.wording import percent
from tlgui.gui.theme import Theme
from tlgui.gui.widgets.bar_list import Bar, BarList
from tlgui.gui.widgets.button import make_button
from tlgui.gui.widgets.certainty_cards import CertaintyCards
from tlgui.gui.widgets.comparison_card import ComparisonCard
from tlgui.gui.widgets.confusion_matrix import ConfusionMatrix
from tlgui.gui.widgets.document_row import DocumentRow
from tlgui.gui.widgets.explanation_panel import ExplanationPanel
from tlgui.gui.widgets.flow import FlowLayout
from tlgui.gui.widgets.notice import FailureNotice, Notice
from tlgui.gui.widgets.page import Page
from tlgui.gui.widgets.panel import Panel
from tlgui.gui.widgets.pills import Pills
from tlgui.gui.widgets.review_card import ReviewCard
from tlgui.gui.widgets.sample_view import SampleView
from tlgui.gui.widgets.text import make_label, show_text
from tlgui.viewmodels.comparison import ComparisonViewModel
from tlgui.viewmodels.documents import DocumentsViewModel
from tlgui.viewmodels.ensemble import EnsembleViewModel
from tlgui.viewmodels.evaluation import EvaluationViewModel, Lens
from tlgui.viewmodels.explanation import ExplanationViewModel
from tlgui.viewmodels.review import ReviewViewModel


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultViewModels:
    """What the page shows beside the evaluation itself."""

    review: ReviewViewModel
    comparison: ComparisonViewModel
    ensemble: EnsembleViewModel
    explanation: ExplanationViewModel
    documents: DocumentsViewModel


class ResultPage(Page):
    """Draws an EvaluationViewModel, through one lens at a time, and what stands beside it."""

    use_wanted = Signal()

    def __init__(
        self, viewmodel: EvaluationViewModel, others: ResultViewModels, theme: Theme
    ) -> None:
        super().__init__()
        self._viewmodel, self._why = viewmodel, others.explanation
        self._documents = others.documents
        self.go_on = self.add_action(
            make_button(self.tr("Use it"), "primary", self.use_wanted.emit)
        )
        self.failure = FailureNotice()
        self.reference = Notice("plain")
        self.caution = Notice("warning")
        self.lenses = Pills(self._lenses())
        self.lenses.chosen.connect(viewmodel.choose_lens)
        self.lenses.chosen.connect(others.explanation.hide)
        self.lenses.buttons["comparison"].clicked.connect(others.comparison.look_for_others)
        self.certainty = CertaintyCards(viewmodel.certainty, theme)
        self.review = ReviewCard(others.review, theme)
        self.comparison = ComparisonCard(others.comparison, others.ensemble, theme)
        self.explanation = ExplanationPanel(others.explanation, theme)
        for widget in (self.failure, self.caution, self.reference):
            self.body.addWidget(widget)
        self.documents = DocumentRow(others.documents)
        self.body.addWidget(self.lenses, 0, Qt.AlignmentFlag.AlignLeft)
        self.body.addLayout(self._cards(theme), 1)
        self._add_gallery(theme)
        viewmodel.changed.connect(self.refresh)
        viewmodel.certainty.changed.connect(self._show_failure)
        others.documents.changed.connect(self._show_failure)
        others.explanation.changed.connect(self._on_explanation_changed)
        self.setFocusProxy(self.go_on)
        self.refresh()

    def refresh(self) -> None:
        """Redraw from the view-model's current state."""
        viewmodel = self._viewmodel
        self.show_header(viewmodel.title, viewmodel.sub)
        self._show_failure()
        self.caution.show_text("", viewmodel.caution)
        self.reference.show_text("", viewmodel.reference)
        self.go_on.setVisible(viewmodel.evaluation is not None)
        self._show_lens()
        if viewmodel.evaluation is not None:
            names = tuple(c.name for c in viewmodel.classes)
            self.matrix.show_confusion(names, viewmodel.evaluation.confusion)
        self.matrix.show_chosen(viewmodel.cell)
        self.classes.show_bars(tuple(_bar(c) for c in viewmodel.classes))
        self.classes.show_chosen(viewmodel.class_name, can_choose=True)
        show_text(self.advice, viewmodel.advice)
        self._show_gallery()

    def _show_failure(self) -> None:
        viewmodel = self._viewmodel
        self.failure.show_failure(
            viewmodel.failure or viewmodel.certainty.failure or self._documents.failure
        )

    def _show_lens(self) -> None:
        lens, has_result = self._viewmodel.lens, self._viewmodel.evaluation is not None
        self.lenses.show_chosen(lens)
        self.lenses.setVisible(has_result)
        self.documents.setVisible(has_result)
        # runs of earlier versions do not know
        self.lenses.buttons["certainty"].setVisible(self._viewmodel.certainty.is_known)
        cards: dict[Lens, tuple[QWidget, ...]] = {
            "errors": (self.matrix_panel, self.classes_panel),
            "certainty": (self.certainty,),
            "labels": (self.review,),
            "comparison": (self.comparison,),
        }
        for name, widgets in cards.items():
            for widget in widgets:
                widget.setVisible(has_result and name == lens and not self._why.is_open)

    def _show_gallery(self) -> None:
        viewmodel = self._viewmodel
        has_gallery = viewmodel.evaluation is not None and viewmodel.lens in ("errors", "certainty")
        show_text(self.gallery_title, viewmodel.gallery_title if has_gallery else "")
        is_part = viewmodel.cell is not None or bool(viewmodel.class_name)
        self.back.setVisible(viewmodel.lens == "errors" and is_part)
        is_certainty = viewmodel.lens == "certainty" and has_gallery
        self.strangest.setVisible(is_certainty and viewmodel.can_show_strangest)
        self.strangest.setText(
            self.tr("Show the least certain")
            if viewmodel.shows_strangest
            else self.tr("Show the strangest")
        )
        brief, told = viewmodel.certainty.familiarity_words
        show_text(self.familiarity, brief if is_certainty else "")
        self.familiarity.setToolTip(told)
        self.familiarity.setAccessibleName(told)
        shown = viewmodel.gallery if has_gallery else ()
        self.samples.show_samples(shown, viewmodel.modality)
        is_asked = self._why.is_open or not shown or is_certainty  # where more is told in the line
        show_text(self.hint, "" if is_asked else self.tr("Click one to see why"))

    def _on_explanation_changed(self) -> None:
        self._show_lens()
        self._show_gallery()
        if not self._why.is_open:
            self.samples.clear_choice()

    def _explain(self, row: int) -> None:
        """Say why the model answered as it did to a sample of the gallery."""
        if 0 <= row < len(self._viewmodel.gallery):
            self._why.explain_file(self._viewmodel.gallery[row].file)

    def _follow(self, row: int) -> None:
        """Go on to the sample that the arrow keys have reached."""
        if self._why.is_open:
            self._explain(row)

    def _cards(self, theme: Theme) -> QHBoxLayout:
        cards = QHBoxLayout()
        cards.setSpacing(24)
        cards.addWidget(self._matrix_panel(theme), 5)
        cards.addWidget(self._classes_panel(theme), 5)
        for card in (self.certainty, self.review, self.comparison, self.explanation):
            cards.addWidget(card, 10)
        return cards

    def _lenses(self) -> dict[str, str]:
        return {
            "errors": self.tr("Where it errs"),
            "certainty": self.tr("How sure it is"),
            "labels": self.tr("Wrong labels and shortcuts"),
            "comparison": self.tr("Beside another run"),
        }

    def _matrix_panel(self, theme: Theme) -> Panel:
        self.matrix_panel = Panel(
            self.tr("Rows: what it is, columns: what the model said · click a cell to see them")
        )
        self.matrix = ConfusionMatrix(theme)
        self.matrix.setAccessibleName(self.tr("Confusion matrix"))
        self.matrix.cell_chosen.connect(self._viewmodel.choose_cell)
        self.matrix_panel.column.addWidget(self.matrix, 1)
        return self.matrix_panel

    def _classes_panel(self, theme: Theme) -> Panel:
        self.classes_panel = Panel(
            self.tr("Each kind · F1 and how many were tested · click to see mistakes")
        )
        self.classes = BarList(theme, is_inline=True)
        self.classes.setAccessibleName(self.tr("Figures of each kind"))
        self.classes.chosen.connect(self._viewmodel.choose_class)
        self.advice = make_label("", "muted", wraps=True)
        self.classes_panel.column.addWidget(self.classes, 1)
        self.classes_panel.column.addWidget(self.advice)
        self.classes_panel.column.addStretch(0)
        return self.classes_panel

    def _add_gallery(self, theme: Theme) -> None:
        self.familiarity = make_label("", "note")
        self.gallery_title = make_label("", "note")
        self.back = make_button(
            self.tr("Back to the worst mistakes"), "small link", self._viewmodel.show_worst
        )
        self.hint = make_label("", "note")
        self.strangest = make_button("", "small link", self._viewmodel.toggle_strangest)
        row = QHBoxLayout()
        row.setSpacing(16)
        words = FlowLayout(gap_px=16)
        for widget in (
            self.gallery_title,
            self.back,
            self.familiarity,
            self.strangest,
            self.hint,
        ):
            words.addWidget(widget)
        row.addLayout(words, 3)
        row.addWidget(self.documents, 2)  # in a line that is there anyway
        self.body.addLayout(row)
        self.samples = SampleView(
            theme, self.tr("Test pictures"), self.tr("Test texts"), is_row=True
        )
        self.samples.opened.connect(self._explain)
        self.samples.chosen.connect(self._follow)
        self.body.addWidget(self.samples, 0, Qt.AlignmentFlag.AlignBottom)


def _bar(score: ClassScore) -> Bar:
    return Bar(
        name=score.name,
        fraction=score.f1,
        value=f"{percent(score.f1)} · n {score.num_samples:,}",
        hint=f"{score.name}: precision {percent(score.precision)}, "
        f"recall {percent(score.recall)}, F1 {percent(score.f1)}, n {score.num_samples:,}",
    )
