"""A variant of a picture is always the same one, so that what was made of it can be kept."""

import numpy as np
import pytest

from tlgui.core.dataset import Sample
from tlgui.engine.training.varied import VariedPictures, variation

SAMPLES = tuple(Sample(path=str(n), label=0, digest=f"{n:032x}") for n in range(6))


class Pictures:
    """``Inputs`` of noise, another one for each sample."""

    def batches(self, samples, batch_size):
        for start in range(0, len(samples), batch_size):
            batch = samples[start : start + batch_size]
            chances = [np.random.default_rng(int(s.path)) for s in batch]
            yield np.stack([c.uniform(0, 255, (16, 16, 3)).astype(np.float32) for c in chances])


@pytest.fixture(scope="module", params=["gentle", "strong", "scans"])
def vary(request):
    return variation(request.param, 16)


def variants(vary, samples, number=0, batch_size=4):
    batches = VariedPictures(Pictures(), vary, number).batches(samples, batch_size)
    rows = np.concatenate([*batches])
    return {sample.path: row for sample, row in zip(samples, rows, strict=True)}


def test_a_variant_does_not_depend_on_its_company(vary):
    together = variants(vary, SAMPLES)
    for samples in (SAMPLES[::-1], SAMPLES[2:3], SAMPLES[1::2]):
        for path, row in variants(vary, samples, batch_size=2).items():
            np.testing.assert_array_equal(row, together[path])


def test_every_variant_is_another_one(vary):
    plain = np.concatenate([*Pictures().batches(SAMPLES, 6)])
    looks = [plain, *(np.stack([*variants(vary, SAMPLES, n).values()]) for n in range(4))]
    for number, look in enumerate(looks):
        assert look.shape == plain.shape
        for other in looks[:number]:
            assert not np.array_equal(look, other)
