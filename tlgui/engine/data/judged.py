"""What may be learned from when answers are judged by other samples."""

from collections.abc import Iterator, Sequence

from tlgui.core.dataset import Dataset, Sample
from tlgui.engine.channel import Channel
from tlgui.engine.data.near_duplicates import NearDuplicates
from tlgui.engine.data.text_source import read_texts, reading_order


def without_copies_of(
    found: Dataset, judged: Sequence[Sample], own: Dataset, channel: Channel
) -> tuple[Sample, ...]:
    """Return the samples that are no copies of those that answers are judged by.

    Of texts near-duplicates count as copies.

    Args:
        found: What was found elsewhere.
        judged: Samples of ``own``.
        own: The data set of the run.
        channel: Requests in.

    Raises:
        TlguiError: ``dataset_changed``, a text that the scan could read is gone or another.
        JobStopped: a person asked for it.
    """
    digests = {sample.digest for sample in judged}
    others = tuple(sample for sample in found.samples if sample.digest not in digests)
    if found.modality != "text" or not judged:
        return others
    others = tuple(others[index] for index in reading_order(found, others))
    near = NearDuplicates()
    for dataset, samples in ((own, judged), (found, others)):
        for text in _texts(dataset, samples, channel):
            near.add(text)
    clusters = near.clusters()
    taken = set(clusters[: len(judged)]) - {""}
    named = zip(others, clusters[len(judged) :], strict=True)
    return tuple(sample for sample, cluster in named if cluster not in taken)


def _texts(dataset: Dataset, samples: Sequence[Sample], channel: Channel) -> Iterator[str]:
    ordered = [samples[index] for index in reading_order(dataset, samples)]
    return read_texts(dataset, ordered, lambda _: channel.stop_if_requested())
