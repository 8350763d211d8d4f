import pytest

from tlgui.engine.data import text_facts


@pytest.fixture
def no_language(monkeypatch):
    """Leave out the language, whose model takes long to load."""
    monkeypatch.setattr(text_facts, "language_of", lambda snippets: "")
