"""What a scan measured on texts, in sentences."""

from typing import Final

from PySide6.QtCore import QCoreApplication, QLocale

from tlgui.core.dataset import TextFacts
from tlgui.core.dataset_summary import DatasetSummary
from tlgui.core.wording import percent

HALF_STEP: Final = 0.005  # between two percentiles


def language_name(code: str) -> str:
    """Return the English name of a language by its ISO 639-1 code, or the code itself."""
    language = QLocale.codeToLanguage(code)
    return code if language == QLocale.Language.AnyLanguage else QLocale.languageToString(language)


def length_sentence(facts: TextFacts, num_tokens_read: int) -> str:
    """Return how long texts are, and how many are longer than what is read.

    Args:
        facts: What was measured.
        num_tokens_read: Tokens that a model reads; 0 is all.
    """
    if not facts.num_tokens:
        return ""
    middle, longest = facts.num_tokens[len(facts.num_tokens) // 2], facts.num_tokens[-1]
    sentence = _tr("Half of the texts have at most {middle:,} tokens, the longest {longest:,}")
    parts = [sentence.format(middle=middle, longest=longest)]
    if num_tokens_read:
        share = cut_share(facts, num_tokens_read)
        parts.append(
            _tr("{share} have more than the {limit:,} that are read").format(
                share=percent(share), limit=num_tokens_read
            )
            if share
            else _tr("all of each is read")
        )
    return "; ".join(parts)


def cut_share(facts: TextFacts, num_tokens_read: int) -> float:
    """Return the fraction of texts that are cut; percentiles know it to half a percent."""
    share = facts.share_cut(num_tokens_read)
    return max(HALF_STEP / 2, share - HALF_STEP) if share else 0.0


def facts_line(facts: TextFacts, num_tokens_read: int) -> str:
    """Return length and language of the texts in one line."""
    parts = [length_sentence(facts, num_tokens_read)]
    if facts.language:
        name = language_name(facts.language)
        parts.append(_tr("most look like {language}").format(language=name))
    return " · ".join(part for part in parts if part)


def typical_sentence(dataset: DatasetSummary, class_name: str) -> str:
    """Return the words that tell a class from the others, or how to choose one; "" for none."""
    facts = dataset.texts
    if facts is None or not any(facts.class_words):
        return ""
    if not class_name:
        return _tr("Click a kind to see its texts and the words that are typical of it.")
    words = dict(zip(dataset.classes, facts.class_words, strict=False)).get(class_name)
    if not words:
        return _tr("No word is typical of {name}.").format(name=class_name)
    return _tr("Typical of {name}: {words}").format(name=class_name, words=", ".join(words))


def _tr(text: str) -> str:
    return QCoreApplication.translate("Texts", text)
