"""What is known of a run's model itself: how sure it may be, and what it was trained on."""

import logging
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from tlgui.core.errors import TlguiError
from tlgui.core.evaluation import Certainty, Familiarity
from tlgui.core.run_folder import RunFolder
from tlgui.engine.channel import Channel
from tlgui.engine.data.features import labels_of
from tlgui.engine.models.answerer import Answerer, AnsweringModel, mean_answer
from tlgui.engine.models.classifiers import certainty_of, strangeness_of
from tlgui.engine.models.strangeness import Strangeness
from tlgui.engine.results.calibration import find_certainty
from tlgui.engine.results.familiarity import MAX_TRAIN, fit_strangeness, some_of_all

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class SelfKnowledge:
    """What samples that are not judged say of a model.

    Attributes:
        certainty: How sure it may be.
        familiarity: What strangeness was measured by, before anything is judged; None where
            nobody knows.
        strangeness: How unlike the training samples something is; likewise.
    """

    certainty: Certainty
    familiarity: Familiarity | None = None
    strangeness: Strangeness | None = None


def read_self_knowledge(run: RunFolder, answerer: Answerer) -> SelfKnowledge | None:
    """Return what an earlier evaluation of the same model has found; None without one.

    Raises:
        TlguiError: the evaluation is damaged.
    """
    certainty = certainty_of(run, answerer.epoch)
    if certainty is None:
        return None
    found, strangeness = run.read_evaluation().familiarity, strangeness_of(run, answerer.epoch)
    if found is None or strangeness is None:
        return SelfKnowledge(certainty=certainty)
    blank = Familiarity(num_validation=found.num_validation, expected=found.expected)
    return SelfKnowledge(certainty=certainty, familiarity=blank, strangeness=strangeness)


def find_self_knowledge(
    run: RunFolder, answerer: Answerer, channel: Channel, *, looks_back: bool
) -> SelfKnowledge:
    """Return what the run's own samples say of its model.

    Args:
        run: Whose model it is.
        answerer: That model, or several: then only their certainty can be known.
        channel: Events out, requests in.
        looks_back: Whether training samples may be looked at: they cost a pass of the network,
            or nothing where their features are kept.

    Raises:
        TlguiError: a validation sample is gone or damaged by now.
        JobStopped: a person asked for it.
    """
    own = run.read_dataset()
    validation = own.of_split("validation")
    labels = labels_of(validation)
    if len(answerer.models) > 1:
        said = answerer.of_samples(own, validation, channel, "validating")
        return SelfKnowledge(certainty=find_certainty(mean_answer(said.probabilities), labels))
    [model] = answerer.models
    rows = model.rows(own, validation, channel, "validating")
    known = SelfKnowledge(certainty=find_certainty(model.network.probabilities(rows), labels))
    unseen = model.network.features(rows)
    if unseen is None or not looks_back:
        return known
    strangeness, expected = _find_strangeness(run, model, unseen, channel)
    familiarity = Familiarity(num_validation=len(unseen), expected=expected)
    return replace(known, familiarity=familiarity, strangeness=strangeness)


def _find_strangeness(
    run: RunFolder, model: AnsweringModel, unseen: NDArray[np.float32], channel: Channel
) -> tuple[Strangeness | None, float | None]:
    """Return what ``fit_strangeness`` does; nothing where training samples are gone by now."""
    own = run.read_dataset()
    train = own.of_split("train")
    picked = [train[row] for row in some_of_all(labels_of(train), MAX_TRAIN, model.plan.seed)]
    try:
        rows = model.rows(own, picked, channel, "recalling")
    except TlguiError as error:
        if error.code != "dataset_changed":
            raise
        log.warning("nothing is flagged as unfamiliar: %s", error)
        return None, None
    features = model.network.features(rows)
    assert features is not None
    return fit_strangeness(features, labels_of(picked), unseen)
