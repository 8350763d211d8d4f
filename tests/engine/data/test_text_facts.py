import tracemalloc
from collections.abc import Sequence

from tlgui.engine.data import text_facts
from tlgui.engine.data.text_facts import TextFactsCollector


def count_words(texts: Sequence[str]) -> list[int]:
    return [len(text.split()) for text in texts]


def facts_of(*texts: tuple[str, int], num_classes: int = 2):
    collector = TextFactsCollector(num_classes, count_words)
    for text, label in texts:
        collector.add(text, label)
    return collector.facts()


def test_words_that_every_class_uses_tell_nothing():
    cats = [(f"the cat purrs and sleeps in the sun number {n}", 0) for n in range(40)]
    dogs = [(f"the dog barks and runs in the park number {n}", 1) for n in range(40)]
    facts = facts_of(*cats, *dogs)
    assert set(facts.class_words[0]) == {"cat", "purrs", "sleeps", "sun"}
    assert set(facts.class_words[1]) == {"dog", "barks", "runs", "park"}
    assert facts.language == "en"


def test_long_texts_of_one_class_do_not_make_small_words_telling():
    small = " ".join(f"and the of in to {c}{c}{c}" for c in "bcdfghjk")
    long = [(small + " ocean", 0) for _ in range(50)]
    short = [("desert and the", 1), ("desert of in to", 1)] * 25
    facts = facts_of(*long, *short)
    assert facts.class_words[1] == ("desert",)


def test_lengths_are_the_percentiles_of_the_token_counts():
    facts = facts_of(*(("word " * n, 0) for n in range(1, 102)))
    assert facts.num_tokens == tuple(range(1, 102))
    assert facts.share_cut(51) == 50 / 101


def test_a_long_text_is_counted_by_its_beginning():
    facts = facts_of(("word " * 100_000, 0))
    assert facts.num_tokens == (100_000,) * 101


def test_lengths_of_many_texts_come_from_an_even_sample(monkeypatch):
    monkeypatch.setattr(text_facts, "_MAX_COUNTED_TEXTS", 100)
    counted = []

    def count(texts: Sequence[str]) -> list[int]:
        counted.extend(texts)
        return count_words(texts)

    collector = TextFactsCollector(1, count)
    for n in range(5000):
        collector.add("w " * (1 + n // 50), 0)
    facts = collector.facts()
    assert len(counted) < 2000
    assert abs(facts.num_tokens[50] - 50) <= 2


def test_rare_words_are_forgotten_before_they_fill_the_memory(monkeypatch):
    monkeypatch.setattr(text_facts, "_MAX_WORDS", 500)
    letters = "abcdefghij"
    rare = ["".join(letters[int(d)] for d in str(n)) for n in range(10_000, 14_000)]
    texts = [(f"{word} {'sun' if n % 2 else 'rain'} today", n % 2) for n, word in enumerate(rare)]
    facts = facts_of(*texts)
    assert facts.class_words == (("rain",), ("sun",))


def test_language_and_lengths_are_those_of_all_classes_that_come_in_turn(monkeypatch):
    monkeypatch.setattr(text_facts, "_MAX_COUNTED_TEXTS", 100)
    monkeypatch.setattr(text_facts, "_MAX_SNIPPETS", 100)
    heard: list[str] = []
    monkeypatch.setattr(text_facts, "language_of", heard.extend)
    for num_classes in (2, 3, 4, 10):
        heard.clear()
        facts = facts_of(*(("w " * (1 + n % num_classes), 0) for n in range(2000)))
        assert facts.num_tokens[0] == 1
        assert facts.num_tokens[100] == num_classes
        assert abs(sum(facts.num_tokens) / 101 - (num_classes + 1) / 2) < 0.15 * num_classes
        assert abs(sum(len(s) / 2 for s in heard) / len(heard) - (num_classes + 1) / 2) < 0.6


def test_words_of_long_texts_are_forgotten_before_they_fill_the_memory(monkeypatch):
    monkeypatch.setattr(text_facts, "_MAX_WORDS", 1000)
    letters = str.maketrans("0123456789", "abcdefghij")
    collector = TextFactsCollector(2, count_words)
    tracemalloc.start()
    for number in range(60):
        words = (str(10**6 + 1000 * number + n).translate(letters) for n in range(1000))
        collector.add(" ".join(words), number % 2)
    held, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert held < 1_500_000


def test_long_texts_are_not_held_until_they_are_counted():
    collector = TextFactsCollector(1, count_words)
    tracemalloc.start()
    for _ in range(9):
        collector.add("word " * 1_000_000, 0)
    held, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert held < 5_000_000


def test_a_class_without_texts_has_no_words():
    assert facts_of(("just one", 0)).class_words == ((), ())
    assert facts_of(num_classes=3).num_tokens == (0,) * 101
