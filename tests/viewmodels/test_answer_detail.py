import pytest

from tests.stories import Story
from tlgui.core.events import SamplePredicted, Share
from tlgui.viewmodels.answer_detail import AnswerDetailViewModel


@pytest.fixture
def detail(qapp, make_run) -> AnswerDetailViewModel:
    detail = AnswerDetailViewModel()
    detail.open_run(make_run(), "image")
    return detail


def answer(file: str, **changes) -> SamplePredicted:
    fields = {"predicted": "oak", "probability": 0.875, **changes}
    return Story().tell(SamplePredicted, file=file, **fields)


def test_chosen_answer_is_told_once(detail, changes, tmp_path):
    told = changes(detail)
    file = tmp_path / "1.png"
    file.touch()
    shares = (Share(name="oak", probability=0.875),)
    chosen = answer(str(file), shares=shares)
    detail.choose(chosen)
    detail.choose(chosen)
    assert len(told) == 1
    assert detail.headline == "oak, 88 % sure"
    assert detail.file == file
    assert detail.shares == shares


def test_doubt_is_said(detail):
    detail.choose(answer("table.csv row 3", is_sure=False))
    assert detail.headline == "Not sure, perhaps oak"
    assert detail.file is None


def test_what_is_unlike_all_that_was_learned_is_said(detail):
    detail.choose(answer("1.png", is_unfamiliar=True))
    assert detail.headline == "Unlike anything it was trained on, perhaps oak"


def test_without_a_choice_there_is_nothing(detail, make_run):
    detail.choose(answer("1.png"))
    detail.open_run(make_run("other-1"), "text")
    assert detail.answer is None
    assert detail.headline == ""
    assert detail.file is None
    assert detail.shares == ()
