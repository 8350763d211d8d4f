from tests.stories import Story
from tlgui.core.events import SamplePredicted
from tlgui.viewmodels.answer_list import ALL, NOT_SURE, UNFAMILIAR, AnswerList, class_of, key_of


def answer(name: str, **doubts: bool) -> SamplePredicted:
    told = Story()
    return told.tell(SamplePredicted, file=f"{name}.png", predicted=name, probability=0.9, **doubts)


def filled(*answers: SamplePredicted) -> AnswerList:
    found = AnswerList()
    for each in answers:
        found.add(each)
    return found


def test_answers_are_counted_by_kind_and_doubt_stands_first():
    found = filled(answer("oak"), answer("elm"), answer("oak"), answer("elm", is_sure=False))
    counts = {class_of(key) or key: count for key, count in found.counts.items()}
    assert counts == {ALL: 4, NOT_SURE: 1, "elm": 1, "oak": 2}


def test_what_is_unlike_everything_learned_stands_apart_however_sure_the_answer():
    found = filled(answer("oak"), answer("elm", is_unfamiliar=True, is_sure=False))
    assert [*found.counts][:2] == [ALL, UNFAMILIAR]
    assert NOT_SURE not in found.counts
    found.choose(UNFAMILIAR)
    assert [a.predicted for a in found.shown] == ["elm"]


def test_without_doubt_there_is_nothing_to_say_of_it():
    assert NOT_SURE not in filled(answer("oak")).counts


def test_filter_lets_later_answers_through_as_well():
    found = filled(answer("oak"), answer("elm"))
    found.choose(key_of(answer("oak")))
    shown = found.shown
    found.add(answer("elm"))
    found.add(answer("oak"))
    assert [a.predicted for a in found.shown] == ["oak", "oak"]
    assert found.shown is shown, "the list that is drawn would be drawn anew"
    found.choose(ALL)
    assert [a.predicted for a in found.shown] == ["oak", "elm", "elm", "oak"]


def test_class_that_is_called_not_sure_is_not_doubt():
    found = filled(answer(NOT_SURE), answer(ALL), answer("oak", is_sure=False))
    found.choose(key_of(answer(NOT_SURE)))
    assert [a.file for a in found.shown] == ["not sure.png"]
    found.choose(NOT_SURE)
    assert [a.file for a in found.shown] == ["oak.png"]
