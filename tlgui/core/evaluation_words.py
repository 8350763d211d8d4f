"""The sentences about how good a model is, and how sure one may be of that."""

from collections.abc import Iterator

from tlgui.core.comparing import MIN_CERTAINTY
from tlgui.core.comparing_words import p_text
from tlgui.core.evaluation import Answered, Evaluation
from tlgui.core.wording import SAMPLES, percent


def evaluation_lines(evaluation: Evaluation) -> Iterator[str]:
    """Yield what a person should know, the gist first."""
    told = (
        *verdict(evaluation),
        caution(evaluation),
        best_member_sentence(evaluation),
        reference_sentence(evaluation),
        calibration_sentence(evaluation),
        familiarity_sentence(evaluation),
    )
    yield from filter(None, told)


def verdict(evaluation: Evaluation) -> tuple[str, str]:
    """Return the finding as a title, and the sentence that puts it into proportion."""
    accuracy, samples = evaluation.accuracy, SAMPLES[evaluation.modality]
    title = f"Right on {percent(accuracy.value)} of {samples} it never saw"
    parts = [
        f"{evaluation.num_samples} test {samples}, so between {percent(accuracy.low)} "
        f"and {percent(accuracy.high)}",
        f"always guessing {evaluation.majority_class} would give "
        f"{percent(evaluation.majority_baseline)}",
        f"balanced accuracy {percent(evaluation.balanced_accuracy.value)}",
    ]
    return title, " · ".join(parts)


def best_member_sentence(evaluation: Evaluation) -> str:
    """Return whether an ensemble is better than its best member, "" for other runs."""
    best = evaluation.best_member
    if best is None:
        return ""
    told = (
        f"The best of its models alone, {best.name}: {percent(best.accuracy.value)} right. "
        f"Only all together are right on {best.num_won:,} of the {SAMPLES[evaluation.modality]}, "
        f"only this one on {best.num_lost:,}"
    )
    if best.p_value >= MIN_CERTAINTY:
        found = ", which may well be chance"
    elif best.num_won > best.num_lost:
        found = ": together they are better, and hardly by chance"
    else:
        found = ": this one alone is better, and hardly by chance"
    told += f"{found} (McNemar's test, p = {p_text(best.p_value)})"
    if evaluation.deals_differ:
        told += (
            f". Only {evaluation.num_samples:,} test {SAMPLES[evaluation.modality]} could judge "
            "them: those that none of them has learned from or was chosen by"
        )
    return told


def reference_sentence(evaluation: Evaluation) -> str:
    """Return what a plain method without pretraining reaches on the same samples, or ""."""
    reference = evaluation.reference
    if reference is None:
        return ""
    accuracy, f1 = reference.accuracy, reference.macro_f1
    return (
        f"The bar to beat, counting words without a pretrained model (TF-IDF): "
        f"{percent(accuracy.value)} right (between {percent(accuracy.low)} and "
        f"{percent(accuracy.high)}), macro-F1 {f1.value:.3f} against "
        f"{evaluation.macro_f1.value:.3f}"
    )


def caution(evaluation: Evaluation) -> str:
    """Return why the verdict proves nothing, or ""."""
    if evaluation.is_distinguishable:
        return ""
    samples = SAMPLES[evaluation.modality]
    return (
        f"With {evaluation.num_samples:,} test {samples} this cannot be told from always guessing "
        f"{evaluation.majority_class}. More {samples} would show whether the model knows anything."
    )


def calibration_sentence(evaluation: Evaluation) -> str:
    """Return whether the probabilities can be believed, or "" where nobody has looked."""
    calibration, certainty = evaluation.calibration, evaluation.certainty
    if calibration is None or certainty is None:
        return ""
    gap, before = calibration.error, calibration.uncorrected_error.value
    return (
        f"What answers claim and how often they are right differ by {percent(gap.value)} on "
        f"average (between {percent(gap.low)} and {percent(gap.high)}; expected calibration "
        f"error, n = {evaluation.num_samples:,}); {percent(before)} before the logits were divided "
        f"by {certainty.temperature:.2f}, the temperature that {certainty.num_samples:,} unseen "
        f"{SAMPLES[evaluation.modality]} ask for"
    )


def familiarity_sentence(evaluation: Evaluation) -> str:
    """Return how many samples are unlike what was learned from, or "" where nobody has looked."""
    familiarity, samples = evaluation.familiarity, SAMPLES[evaluation.modality]
    if familiarity is None:
        return ""
    count, share = familiarity.num_validation, familiarity.share
    if familiarity.expected is None or share is None:
        return (
            f"Nothing is marked as unlike anything it was trained on: {count:,} unseen {samples} "
            f"are too few to tell what is ordinary"
        )
    return (
        f"Unlike anything it was trained on: {familiarity.num_unfamiliar:,} of "
        f"{evaluation.num_samples:,} test {samples}, {percent(share.value)} (between "
        f"{percent(share.low)} and {percent(share.high)}). Of ordinary ones about "
        f"{percent(familiarity.expected)} would be (distance in feature space, judged by "
        f"{count:,} unseen {samples})"
    )


def answered_sentence(evaluation: Evaluation, answered: Answered) -> str:
    """Return what answers are worth when less sure ones are called "not sure"."""
    certainty, samples = evaluation.certainty, SAMPLES[evaluation.modality]
    num_samples = certainty.num_samples if certainty else 0
    claim = percent(answered.threshold)
    if answered.accuracy is None:
        return f"No answer on {num_samples:,} unseen {samples} is {claim} sure"
    accuracy = answered.accuracy
    right = (
        f"{percent(accuracy.value)} are right (between {percent(accuracy.low)} and "
        f"{percent(accuracy.high)})"
    )
    if not answered.threshold:
        return f"Every answer counts: of {num_samples:,} on unseen {samples} {right}"
    return (
        f"Answers to {answered.num_answered:,} of {num_samples:,} unseen {samples} are at least "
        f"{claim} sure; of these {right}"
    )
