"""Vectors are brought to length 1 whatever their size, one by one or many alike."""

import warnings

import numpy as np
import pytest

from session1.knowledge.normalize import unit, units


@pytest.fixture(autouse=True)
def no_warnings():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        yield


@pytest.mark.parametrize("dimension", [1, 3, 48, 256, 1001])
@pytest.mark.parametrize("size", [1, 1e-320, 1e-200, 1e-99, 1e101, 1e200])
def test_one_vector_has_the_bits_that_it_has_among_many(dimension, size):
    rows = np.random.default_rng(0).standard_normal((20, dimension)) * size
    rows[1] = rows[1] / size  # next to one of an ordinary length
    together = units(rows, dimension)
    assert np.linalg.norm(together, axis=1) == pytest.approx(1, abs=1e-3)
    for row, one in zip(rows, together, strict=True):
        assert np.array_equal(unit(row, dimension), one)
        assert np.array_equal(unit(row[None], dimension), one)


@pytest.mark.parametrize(
    ("vector", "says"),
    [
        ([np.nan, 1, 1e300], "vector 0 holds NaN or infinity"),
        ([np.inf, -np.inf, 0], "vector 0 holds NaN or infinity"),
        ([0, 0, 0], "vector 0 is all zeros"),
    ],
)
def test_what_has_no_length_is_refused_with_its_number(vector, says):
    with pytest.raises(ValueError, match=says):
        unit(vector, 3)
    with pytest.raises(ValueError, match=says.replace("0", "1")):
        units([[1, 2, 3], vector], 3)
