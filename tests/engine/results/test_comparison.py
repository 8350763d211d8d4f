"""An exported model that does not agree with its run."""

import numpy as np
import pytest

from tlgui.core.errors import TlguiError
from tlgui.engine.results.comparison import Answers, compare

ROWS = np.array([[0.2, 0.8]], np.float32)


def compared(*pairs):
    return compare([Answers(ROWS, ROWS, 1.0, ours, theirs) for ours, theirs in pairs])


def test_flags_are_counted_where_both_know_how_strange_samples_are():
    near, far = (np.array([0.98]), np.array([1.02])), (np.array([50.0]), np.array([51.0]))

    found = compared(near, far)

    assert found.flag_agreement == 0.5
    assert found.max_strangeness_difference == pytest.approx(0.04)
    assert compared((None, None)).flag_agreement is None


@pytest.mark.parametrize("theirs", [[1.5], [np.nan], None, [0.5, 0.5]])
def test_model_that_finds_other_samples_strange_is_not_handed_out(theirs):
    with pytest.raises(TlguiError, match="export_disagrees"):
        compared((np.array([0.5]), theirs if theirs is None else np.array(theirs)))
