"""The model that answers is the best one of the run."""

import shutil

import numpy as np
import pytest

from tlgui.core.errors import TlguiError
from tlgui.engine.channel import Channel
from tlgui.engine.models.classifiers import best_checkpoint, open_network
from tlgui.engine.models.heads import build_classifier
from tlgui.engine.models.presets import load_backbone
from tlgui.engine.models.trained_model import assign_tensors, batch_probabilities
from tlgui.engine.training.train import train


def test_frozen_path_and_keras_give_the_same_answers(make_run, tiny_library):
    run = make_run()
    train(run, tiny_library, Channel(run.path), requested_s=0.0)
    tensors = best_checkpoint(run).tensors
    model = build_classifier(load_backbone(tiny_library.folder("tiny")), 3)
    assign_tensors(model.variables, tensors)
    pixels = np.random.default_rng(0).integers(0, 256, (5, 32, 32, 3), dtype=np.uint8)

    fast = open_network(run.read_plan(), tiny_library, tensors)

    answers = fast.probabilities(fast.lower(pixels))

    np.testing.assert_allclose(answers, batch_probabilities(model)(pixels), atol=1e-4)


def test_lost_checkpoint_of_the_best_epoch_is_said(make_run, tiny_library):
    run = make_run()
    train(run, tiny_library, Channel(run.path), requested_s=0.0)
    shutil.rmtree(run.checkpoints)

    with pytest.raises(TlguiError, match="no_result_yet"):
        best_checkpoint(run)
