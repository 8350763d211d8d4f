"""What a plan costs on a computer whose pace is known: seconds, memory, weights that learn."""

from dataclasses import dataclass, replace
from typing import Final

from tlgui.core.catalog import PresetInfo
from tlgui.core.phase import Phase, Selection, num_variants
from tlgui.core.plan import Plan

DEFAULT_BUDGET_S: Final = 300.0  # of training, so that all is over within 6 minutes
MIN_EPOCHS: Final = 2

# Passes are counted in passes of the frozen network in ONNX Runtime, which is what is measured
# of a computer. All of it from two processor cores; see ``expected_seconds``.
KERAS_PASS: Final = 2.0
STEP_PASS: Final = 1.6  # the forward half of a step
BACKWARD_PASS: Final = 2.8  # through the whole network, with gradients of all weights
VARIANT_PASS: Final = 2.0  # of a picture that is varied first
BATCH_NORM_PASS: Final = 6.0  # of a step that trains batch statistics too, which is not fused
ADDED_SHARE: Final = 0.6  # of it where frozen weights need no gradients of their own
START_S: Final = 12.0  # import of Keras, first tracing
NEXT_START_S: Final = 8.0  # another network, another tracing
STEP_S: Final = 3e-3  # whatever the network
UPDATE_S: Final = 1e-8  # of one weight in one step: Adam's moments
SAVE_S: Final = 1.2e-8  # of one byte of a checkpoint, digest and disk included
HEAD_S: Final = 2e-8  # of one feature of one sample for one class at one L2 strength

KERAS_BYTES: Final = 850_000_000
FROZEN_BYTES: Final = 350_000_000
BYTES_PER_WEIGHT: Final = 4
TRAINED_COPIES: Final = 19  # gradient, Adam's two moments, and while a checkpoint is written
CONVOLUTION_BYTES: Final = 900  # that a pixel of a sample leaves for the backward pass
ATTENTION_WIDTH: Final = 32  # of one head, see the source below


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """How much there is to compute, and how fast.

    Attributes:
        num_train: Samples to learn from; the others likewise.
        num_validation: To choose by.
        num_test: To test with.
        num_classes: That they are told apart into.
        samples_per_s: Measured pace of the frozen preset in ONNX Runtime, reading included,
            with texts cut as the preset usually cuts them.
        num_tokens: Percentiles of the lengths of texts; () where nobody counted them.
    """

    num_train: int
    num_validation: int
    num_test: int
    num_classes: int
    samples_per_s: float
    num_tokens: tuple[int, ...] = ()

    def pace(self, plan: Plan, preset: PresetInfo) -> float:
        """Return samples per second where texts are cut as a plan says.

        Tokens are taken to cost the same wherever they stand; texts that nobody counted are
        taken to be long enough to fill what is read.
        """
        usual, wanted = preset.sequence_length, plan.sequence_length
        if usual == wanted or not preset.max_sequence_length:
            return self.samples_per_s
        longest = preset.max_sequence_length
        counts = self.num_tokens or (longest,)
        read = [sum(min(n, cut or longest) for n in counts) for cut in (usual, wanted)]
        return self.samples_per_s * read[0] / max(1, read[1])


def expected_seconds(plan: Plan, preset: PresetInfo, work: Work) -> float:
    """Return how long a plan takes at most, from the start to the result; times are ± 2.

    A solved head needs one frozen pass over everything it sees. A step costs a forward pass, a
    backward pass down to the lowest group that learns, and an update of each weight that learns;
    an epoch also judges the validation samples and writes a checkpoint. The groups below the
    lowest that learns are passed in every step, or only once where their states can be kept.

    Source:
        Measured with EfficientNet-Lite0 on 480 pictures of sign-digits, MiniLM on 480 texts of
        sms-spam and of reuters-r8, on two cores.
    """
    solved = {p.solver for p in plan.phases if not _has_steps(p)}
    stepped = [phase for phase in plan.phases if _has_steps(phase)]
    start_s = START_S + NEXT_START_S * (len(stepped) - 1) if stepped else 0.0
    test_pass = KERAS_PASS if stepped else 1.0
    pace = work.pace(plan, preset)
    num_seen = work.num_train + work.num_validation
    return (
        _head_seconds(plan, preset, work) * bool(solved)
        + start_s
        + sum(phase.epochs * epoch_seconds(phase, plan, preset, work) for phase in stepped)
        + sum(KERAS_PASS * _kept(phase, plan, preset) for phase in stepped) * num_seen / pace
        + test_pass * work.num_test / pace
    )


def epoch_seconds(phase: Phase, plan: Plan, preset: PresetInfo, work: Work) -> float:
    """Return how long one epoch of a phase of gradient steps takes."""
    num_trained = trained_weights(phase.trains, preset)
    passed = 1 - _kept(phase, plan, preset)
    passes = STEP_PASS * passed + BACKWARD_PASS * _depth(phase.trains, preset)
    if phase.train_batch_norm and preset.architecture == "convolutional":
        passes += BATCH_NORM_PASS
    num_steps, num_seen = _steps_and_samples(phase, plan, work)
    judged = KERAS_PASS * passed * work.num_validation if phase.has_labels else 0.0
    saved = BYTES_PER_WEIGHT * (preset.num_parameters + 2 * num_trained)
    return (
        (_num_views(phase) * passes * num_seen + judged) / work.pace(plan, preset)
        + (STEP_S + UPDATE_S * num_trained) * num_steps
        + SAVE_S * saved
    )


def budgeted_seconds(plan: Plan, preset: PresetInfo, work: Work) -> float:
    """Return how long a plan takes without what no budget bounds: phases without labels.

    A person asked for those, as long as they are.
    """
    labeled = replace(plan, phases=tuple(phase for phase in plan.phases if phase.has_labels))
    return expected_seconds(labeled, preset, work)


def expected_memory_bytes(plan: Plan, preset: PresetInfo) -> int:
    """Return roughly how much memory a plan needs.

    The peak is where a checkpoint is written. What a batch leaves for the backward pass was
    measured for convolutions, and is counted for transformers as Korthikanti et al. 2022,
    arXiv:2205.05198, section 4.1, do.
    """
    stepped = [phase for phase in plan.phases if _has_steps(phase)]
    if not stepped:
        libraries = KERAS_BYTES if _varies(plan) else FROZEN_BYTES
        return libraries + BYTES_PER_WEIGHT * preset.num_parameters
    most = max(_phase_bytes(phase, plan, preset) for phase in stepped)
    return KERAS_BYTES + BYTES_PER_WEIGHT * preset.num_parameters + round(most)


def samples_at_once(phase: Phase, plan: Plan, preset: PresetInfo, free_bytes: float) -> int:
    """Return how many samples of a batch can be computed together in what memory is free."""
    each = _sample_bytes(phase, plan, preset)
    if not each:
        return plan.batch_size
    room = free_bytes - _copies_bytes(phase, preset)
    return int(max(1, min(plan.batch_size, room / each)))


def trained_share(plan: Plan, preset: PresetInfo) -> float:
    """Return the largest share of the preset's weights that learn in any phase, in [0, 1]."""
    if not preset.num_parameters:
        return 0.0
    most = max(trained_weights(p.trains, preset) for p in plan.phases)
    return min(1.0, most / preset.num_parameters)


def trained_weights(trains: Selection, preset: PresetInfo) -> int:
    """Return how many weights of a preset, or added to it, a selection trains; not the head's."""
    if trains.part == "all":
        return sum(_group_weights(preset)[preset.num_groups - _num_groups(trains, preset) :])
    counts = preset.weights
    by_part = {
        "bias_and_norm": counts.bias_and_norm,
        "low_rank": trains.size * _low_rank(trains, preset),
        "adapter": trains.size * counts.adapter + counts.adapter_fixed,
        "prompt": trains.size * counts.prompt,
    }
    return by_part[trains.part]


def _has_steps(phase: Phase) -> bool:
    return phase.solver not in ("convex", "neighbors")


def _head_seconds(plan: Plan, preset: PresetInfo, work: Work) -> float:
    strengths = max(len(phase.l2_strengths) for phase in plan.phases)
    num_seen = work.num_train + work.num_validation
    size = preset.feature_size * work.num_classes
    solving_s = HEAD_S * strengths * size * work.num_train
    # a backbone that was adapted has no graph for the faster engine
    passes = 1.0 if all(phase.has_labels for phase in plan.phases) else KERAS_PASS
    variants = num_variants(work.num_train) * _varies(plan)
    varying_s = VARIANT_PASS * variants * work.num_train / work.pace(plan, preset)
    return (
        passes * num_seen / work.pace(plan, preset)
        + (START_S + varying_s) * bool(variants)
        + (1 + variants) * solving_s
    )


def _varies(plan: Plan) -> bool:
    """Return whether the head is solved on variants of each picture too."""
    solved = (phase for phase in plan.phases if phase.solver == "convex")
    return any(phase.regularization.augmentation != "none" for phase in solved)


def _steps_and_samples(phase: Phase, plan: Plan, work: Work) -> tuple[int, int]:
    """Return the steps of an epoch and the samples that it looks at, replayed ones included."""
    fraction = phase.regularization.replay_fraction if plan.replay_folder else 0.0
    wanted = max(1, round(fraction * plan.batch_size)) if fraction else 0
    num_replayed = min(wanted, plan.batch_size - 1)
    num_steps = -(-work.num_train // (plan.batch_size - num_replayed))
    return num_steps, work.num_train + num_replayed * num_steps


def _phase_bytes(phase: Phase, plan: Plan, preset: PresetInfo) -> float:
    """Return what a phase keeps beside the weights."""
    return _copies_bytes(phase, preset) + plan.batch_size * _sample_bytes(phase, plan, preset)


def _copies_bytes(phase: Phase, preset: PresetInfo) -> float:
    """Return what the copies of the weights that learn take."""
    rules = phase.regularization
    # a moving average; where the weights started; that again, and their Fisher information
    copies = TRAINED_COPIES + bool(rules.ema) + bool(rules.l2_sp) + 2 * bool(rules.ewc)
    return float(BYTES_PER_WEIGHT * copies * trained_weights(phase.trains, preset))


def _sample_bytes(phase: Phase, plan: Plan, preset: PresetInfo) -> float:
    """Return what each sample of a batch leaves for the backward pass."""
    return _num_views(phase) * _reach(phase.trains, preset) * _activation_bytes(plan, preset)


def _num_views(phase: Phase) -> int:
    return 2 if phase.solver == "contrastive" else 1


def _num_groups(trains: Selection, preset: PresetInfo) -> int:
    wanted = trains.num_groups
    return preset.num_groups if wanted is None else min(wanted, preset.num_groups)


def _group_weights(preset: PresetInfo) -> tuple[int, ...]:
    """Return the weights of each layer group, if need be as if all were equal."""
    if preset.weights.groups or not preset.num_groups:
        return preset.weights.groups
    return (preset.num_parameters // preset.num_groups,) * preset.num_groups


def _low_rank(trains: Selection, preset: PresetInfo) -> int:
    """Return the weights that a unit of rank adds; without attention, that of every matrix."""
    counts = preset.weights
    return (trains.targets == "attention" and counts.low_rank_attention) or counts.low_rank


def _kept(phase: Phase, plan: Plan, preset: PresetInfo) -> float:
    """Return the share of the layer groups whose states are computed once for all epochs."""
    if phase.epochs == 1 or not phase.has_labels or not plan.freezes_states(phase):
        return 0.0
    return 1 - _reach(phase.trains, preset)


def _reach(trains: Selection, preset: PresetInfo) -> float:
    """Return the share of the layer groups that a backward pass goes through."""
    return _num_groups(trains, preset) / max(1, preset.num_groups)


def _depth(trains: Selection, preset: PresetInfo) -> float:
    """Return the cost of a backward pass, as a share of one through everything."""
    return _reach(trains, preset) * (1.0 if trains.part == "all" else ADDED_SHARE)


def _activation_bytes(plan: Plan, preset: PresetInfo) -> float:
    """Return what one sample leaves in memory for a backward pass through everything."""
    if preset.architecture == "convolutional":
        return float(CONVOLUTION_BYTES * preset.input_size_px**2)
    if preset.architecture != "transformer":
        return 0.0
    tokens, width = plan.sequence_length or preset.max_sequence_length, preset.feature_size
    attention = 5 * tokens * width / ATTENTION_WIDTH
    return 2 * tokens * (34 * width + attention) * preset.num_groups  # 2: of 32 bits, not 16
