from tlgui.core.dataset import Sample
from tlgui.core.wording import problem_sentence
from tlgui.engine.data import hygiene


def test_thousands_of_contradictions_do_not_bury_everything_else(monkeypatch):
    monkeypatch.setattr(hygiene, "MAX_TOLD", 2)
    samples = [
        Sample(path=f"{'ab'[label]}/{number}.txt", label=label, digest=str(number))
        for number in range(5)
        for label in (0, 1)
    ]
    clear = Sample(path="a/clear.txt", label=0, digest="clear")
    kept, problems = hygiene.without_contradictions([*samples, clear], ["a", "b"])
    assert kept == (clear,)
    assert [p.count for p in problems] == [2, 2, 6]
    assert "a/2.txt, b/2.txt, a/3.txt, b/3.txt, ..." in problem_sentence(problems[-1])


def test_classes_that_differ_only_in_case_are_told():
    samples = [Sample(path=str(n), label=n % 3, digest=str(n)) for n in range(6)]
    [problem] = hygiene.classes_alike(samples, ("Ham", "ham", "spam"))
    assert "Ham, ham" in problem_sentence(problem)
    assert hygiene.classes_alike(samples, ("ham", "eggs", "spam")) == ()
