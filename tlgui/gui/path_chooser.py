"""Asks for files and folders and passes the answers on to the view-models."""

from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from tlgui.core.job import DocumentId
from tlgui.gui.dialogs import Dialogs
from tlgui.viewmodels.appearance import AppearanceViewModel
from tlgui.viewmodels.journey import JourneyViewModel
from tlgui.viewmodels.samples import samples_word


class PathChooser(QObject):
    """One method per wish of a page that needs a path."""

    def __init__(
        self,
        window: QWidget,
        journey: JourneyViewModel,
        appearance: AppearanceViewModel,
        dialogs: Dialogs,
    ) -> None:
        super().__init__(window)
        self._window = window
        self._journey = journey
        self._appearance = appearance
        self._dialogs = dialogs

    def open_folder(self) -> None:
        """Look through a folder of the person's choice."""
        title = self.tr("Choose a folder with one subfolder per kind")
        folder = self._ask_folder(title)
        if folder:
            self._journey.open_path(folder)

    def open_table(self) -> None:
        """Look through a table of the person's choice."""
        title = self.tr("Choose a table with texts, or file names, and labels")
        table = self._dialogs.choose_table(self._window, title, self._last_folder)
        if table:
            self._appearance.remember_folder(str(Path(table).parent))
            self._journey.open_path(table)

    def predict_files(self) -> None:
        """Sort pictures or texts of the person's choice."""
        title = self.tr("Choose {samples} to sort").format(samples=self._samples)
        self._journey.prediction.predict(
            self._dialogs.choose_files(self._window, title, self._last_folder)
        )

    def predict_folder(self) -> None:
        """Sort what is in a folder."""
        title = self.tr("Choose a folder of {samples} to sort").format(samples=self._samples)
        folder = self._ask_folder(title)
        if folder:
            self._journey.prediction.predict([folder])

    def save_table(self) -> None:
        """Save the table of answers."""
        prediction = self._journey.prediction
        suggestion = str(Path(self._last_folder) / prediction.suggested_name)
        title = self.tr("Save the table")
        target = self._dialogs.choose_target(self._window, title, suggestion)
        if target:
            prediction.save_table(target)

    def save_document(self, document: DocumentId) -> None:
        """Save a report or a script about the run."""
        documents = self._journey.documents
        suggestion = str(Path(self._last_folder) / documents.suggested_name(document))
        titles = {
            "report": self.tr("Save the report"),
            "card": self.tr("Save the model card"),
            "script": self.tr("Save the script, with its data beside it"),
        }
        target = self._dialogs.choose_target(self._window, titles[document], suggestion)
        if target:
            documents.save(document, target)

    def sort_copies(self) -> None:
        """Put sorted copies into a new folder in one of the person's choice."""
        folder = self._ask_folder(self.tr("Choose where to put the folder of sorted copies"))
        if folder:
            self._journey.prediction.sort_copies(folder)

    def export(self) -> None:
        """Export the model into a folder of the person's choice."""
        folder = self._ask_folder(self.tr("Choose where to put the exported model"))
        if folder:
            self._journey.export.export(folder)

    def folder_of_setting(self, name: str) -> None:
        """Let a setting of the plan be a folder of the person's choice."""
        folder = self._ask_folder(self.tr("Choose a folder of files to learn from as well"))
        if folder:
            self._journey.plan.change_setting(name, folder)

    def plot_target(self) -> str:
        """Return where to save a plot, or ""."""
        suggestion = str(Path(self._last_folder) / f"{self._journey.run.name}.svg")
        return self._dialogs.choose_target(self._window, self.tr("Save the plot"), suggestion)

    @property
    def _samples(self) -> str:
        return samples_word(self._journey.prediction.modality)

    @property
    def _last_folder(self) -> str:
        return self._appearance.settings.last_folder

    def _ask_folder(self, title: str) -> str:
        folder = self._dialogs.choose_folder(self._window, title, self._last_folder)
        if folder:
            self._appearance.remember_folder(str(Path(folder).parent))
        return folder
