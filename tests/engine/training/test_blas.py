"""Two packages that compute at once do not make a person wait for their threads."""

import numpy as np
import scipy.linalg
from threadpoolctl import threadpool_info, threadpool_limits

from tlgui.engine.training.blas import scipy_on_one_thread


def num_threads(package):
    assert np.ones(2) @ scipy.linalg.blas.daxpy(np.ones(2), np.ones(2)) == 4  # both are loaded
    return [
        pool["num_threads"] for pool in threadpool_info() if f"{package}.libs" in pool["filepath"]
    ]


def test_scipy_gives_way_and_gets_its_threads_back():
    with threadpool_limits(2):
        with scipy_on_one_thread():
            within = num_threads("scipy"), num_threads("numpy")
        after = num_threads("scipy"), num_threads("numpy")

    assert within == ([1], [2])
    assert after == ([2], [2])
