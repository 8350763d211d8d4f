"""The texts that a scan showed, and those of them that a person looks for."""

from typing import Final

from tlgui.core.events import SnippetReady

MAX_SNIPPETS: Final = 10_000  # searching and listing them takes 10 to 20 ms


class Snippets:
    """Beginnings of texts in the order in which they came.

    Attributes:
        all: Those that can be searched.
        found: Those that match; a new list for every search, which only grows afterwards.
        query: What is searched for; "" is everything.
        class_name: The class that is searched in; "" is all of them.
    """

    def __init__(self) -> None:
        self.all: list[SnippetReady] = []
        self.found: list[SnippetReady] = []
        self.query = ""
        self.class_name = ""
        self._folded: list[str] = []

    def add(self, snippet: SnippetReady) -> None:
        """Take in one more; beyond the limit it is left out."""
        if len(self.all) >= MAX_SNIPPETS:
            return
        self.all.append(snippet)
        self._folded.append(snippet.text.casefold())
        if self._matches(len(self.all) - 1, self.query.casefold()):
            self.found.append(snippet)

    def search(self, query: str, class_name: str) -> None:
        """Find the texts of a class that contain some words, in whatever case."""
        self.query, self.class_name = query.strip(), class_name
        folded = self.query.casefold()
        self.found = [
            snippet for index, snippet in enumerate(self.all) if self._matches(index, folded)
        ]

    def _matches(self, index: int, folded_query: str) -> bool:
        is_of_class = not self.class_name or self.all[index].class_name == self.class_name
        return is_of_class and folded_query in self._folded[index]
