from tlgui.core.run_state import RunState, replay
from tlgui.viewmodels.samples import samples_of, samples_word


def test_nobody_reads_of_pictures_where_there_are_texts(story):
    assert samples_word("image") == "pictures"
    assert samples_word("text") == "texts"
    story.start(modality="text")
    assert samples_of(replay(story.events)) == "texts"


def test_nothing_is_claimed_before_anything_is_known():
    assert samples_word(None) == "files"
    assert samples_of(RunState()) == "files"


def test_runs_from_before_there_were_texts_are_of_pictures(story):
    story.start()
    assert samples_of(replay(story.events)) == "pictures"
