from pathlib import Path

import pytest

from tests.presets import LITE0
from tlgui.core.advice import advise
from tlgui.core.events import AdviceReady
from tlgui.core.facts import Facts, PresetFacts
from tlgui.core.plan import SplitPlan
from tlgui.viewmodels.advising import AdvisingViewModel

FACTS = Facts(
    modality="image",
    num_train=60,
    num_validation=20,
    num_test=20,
    num_classes=2,
    smallest_class=30,
    chance=0.5,
    presets=(PresetFacts(preset=LITE0.id, samples_per_s=100.0, accuracy=0.7),),
)
SPLIT = SplitPlan(group_by="prefix")


@pytest.fixture
def viewmodel(engines, app_home) -> AdvisingViewModel:
    viewmodel = AdvisingViewModel(engines, app_home, clock=lambda: 3.0)
    viewmodel.look("/jobs/scan-1/dataset.json", SPLIT, 5)
    return viewmodel


def test_data_set_is_looked_at_once(viewmodel, engines, app_home):
    viewmodel.look("/jobs/scan-1/dataset.json", SPLIT, 5)
    (job,) = engines.jobs
    assert (job.kind, job.dataset, job.requested_s) == ("advise", "/jobs/scan-1/dataset.json", 3.0)
    assert Path(job.folder).parent == app_home.jobs
    viewmodel.look("/jobs/scan-2/dataset.json", SPLIT)
    assert engines.running[0].requests == ["stop"]
    assert len(engines.jobs) == 2


def test_only_what_would_be_learned_from_now_is_looked_at(viewmodel, engines):
    (job,) = engines.jobs
    assert (job.split, job.seed) == (SPLIT, 5)
    viewmodel.look("/jobs/scan-1/dataset.json", SplitPlan(), 6)
    assert len(engines.jobs) == 1, "and not again at every change"


def test_facts_are_announced_and_kept(viewmodel, engines, story, qtbot):
    event = story.tell(AdviceReady, facts=FACTS, advice=advise(FACTS, [LITE0]))
    with qtbot.waitSignal(viewmodel.facts_found, timeout=1000) as found:
        engines.running[0].say(event)
    assert found.args == [FACTS]
    assert viewmodel.facts == FACTS


def test_look_that_fails_disturbs_nobody(viewmodel, engines, story):
    engines.running[0].say(story.fail())
    engines.running[0].end()
    assert viewmodel.facts is None
    assert not viewmodel.is_busy


def test_look_can_be_given_up_and_taken_up_again(viewmodel, engines, qtbot):
    with qtbot.waitSignal(viewmodel.job_ended, timeout=1000):
        viewmodel.close()
    assert engines.running[0].requests == ["stop"]
    with qtbot.assertNotEmitted(viewmodel.job_ended):
        viewmodel.close()
    viewmodel.look("/jobs/scan-1/dataset.json", SPLIT, 5)
    assert len(engines.jobs) == 2
