"""What pulls weights back to where they came from, against forgetting."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from tlgui.core.dataset import Sample
from tlgui.core.phase import Regularization
from tlgui.engine.data.inputs import Inputs
from tlgui.engine.models.traced_steps import input_signature, keras_batch
from tlgui.engine.training.training_step import Penalty

ZERO: Final = tf.UnconnectedGradients.ZERO
MAX_SAMPLES: Final = 128  # that the Fisher information is estimated from, one by one

Values = Mapping[str, NDArray[np.float32]]


def build_penalties(
    regularization: Regularization,
    variables: Sequence[keras.Variable],
    pretrained: Values,
    fisher: Values,
) -> tuple[Penalty, ...]:
    """Return the penalties of a phase.

    L2-SP is half its strength times the squared distance from the weights that learning started
    from; EWC is the same with every weight's square times its Fisher information. The head and
    what was added have nothing to go back to.

    Args:
        regularization: Gives the strengths.
        variables: That learn.
        pretrained: What learning started from, by path.
        fisher: See ``fisher_information``; only for EWC.

    Source:
        Li et al. 2018, arXiv:1802.01483, equation 2; Kirkpatrick et al. 2017,
        arXiv:1612.00796, equation 3.
    """
    pulled = [variable for variable in variables if variable.path in pretrained]
    penalties: list[Penalty] = []
    if regularization.l2_sp:
        penalties.append(_pull(regularization.l2_sp, pulled, pretrained, {}))
    if regularization.ewc:
        penalties.append(_pull(regularization.ewc, pulled, pretrained, fisher))
    return tuple(penalties)


def _pull(
    strength: float, variables: Sequence[keras.Variable], pretrained: Values, importance: Values
) -> Penalty:
    # tensors, for a graph holds arrays as constants, and no graph may be larger than 2 GB
    anchors = [keras.ops.convert_to_tensor(pretrained[v.path]) for v in variables]
    factors = [keras.ops.convert_to_tensor(importance.get(v.path, 1.0)) for v in variables]

    def penalty() -> Any:
        pulls = [
            keras.ops.sum(factor * keras.ops.square(variable - anchor))
            for variable, anchor, factor in zip(variables, anchors, factors, strict=True)
        ]
        return strength / 2 * sum(pulls)

    return penalty


def fisher_information(
    model: keras.Model,
    variables: Sequence[keras.Variable],
    samples: Sequence[Sample],
    inputs: Inputs,
    seed: int,
) -> dict[str, NDArray[np.float32]]:
    """Return the diagonal of the Fisher information by path, its mean over all weights 1.

    Its square root says how much the answers depend on a weight. Labels are drawn from the
    network's own answers, as the definition asks for, and not taken from the data. What is to be
    kept is the task of the samples: where nobody has those of the pretraining, samples of the new
    task tell which pretrained weights its solved head leans on.

    Args:
        model: Inputs to logits.
        variables: Whose information is asked for.
        samples: Some of them are looked at.
        inputs: How they are read.
        seed: Decides which samples, and their labels.

    Source:
        Kirkpatrick et al. 2017, arXiv:1612.00796, section 2; Kunstner et al. 2019,
        arXiv:1905.12558, section 2 (labels from the model).
    """
    rng = np.random.default_rng((seed, 5))
    chosen = rng.permutation(len(samples))[:MAX_SAMPLES]
    squares = _squared_gradients(model, variables)
    sums = [np.zeros(variable.shape, np.float64) for variable in variables]
    for batch in inputs.batches([samples[index] for index in chosen], 1):
        found = squares(keras_batch(model, batch), np.float32(rng.random()))
        for total, of_sample in zip(sums, found, strict=True):
            total += np.asarray(of_sample)
    mean = sum(total.sum() for total in sums) / sum(total.size for total in sums)
    return {
        variable.path: (total / (mean or 1)).astype(np.float32)
        for variable, total in zip(variables, sums, strict=True)
    }


def _squared_gradients(
    model: keras.Model, variables: Sequence[keras.Variable]
) -> Callable[..., list[Any]]:
    """Return a function of one sample and of a draw in 0..1 that decides its label."""
    watched = [variable.value for variable in variables]

    def squares(batch: Any, draw: Any) -> list[Any]:
        with tf.GradientTape(watch_accessed_variables=False) as tape:
            tape.watch(watched)
            logs = keras.ops.log_softmax(model(batch, training=False))[0]
            of_label = logs[_drawn(logs, draw)]
        gradients = tape.gradient(of_label, watched, unconnected_gradients=ZERO)
        # of a table the gradients of the rows that were read, each as often as it was
        return [keras.ops.square(tf.convert_to_tensor(gradient)) for gradient in gradients]

    signature = (input_signature(model), tf.TensorSpec((), tf.float32))
    traced: Callable[..., list[Any]] = tf.function(squares, signature)
    return traced


def _drawn(logs: Any, draw: Any) -> Any:
    """Return the class that a draw in 0..1 falls on, from the logarithms of all probabilities."""
    below = keras.ops.cumsum(keras.ops.exp(logs)) < draw
    label = keras.ops.sum(keras.ops.cast(below, "int32"))
    return keras.ops.minimum(label, len(logs) - 1)
