"""The rate ratio and its interval: against beta quantiles computed another way, and against published cases."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from betaapp.statistics import rate_ratio


def beta_cdf(x: float, a: int, b: int) -> float:
    """For whole a and b: P(Bin(a+b−1, x) ≥ a), summed term by term."""
    n = a + b - 1
    log_x, log_y = math.log(x), math.log1p(-x)
    terms = (
        math.exp(
            math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1) + k * log_x + (n - k) * log_y
        )
        for k in range(a, n + 1)
    )
    return math.fsum(terms)


def beta_quantile(p: float, a: int, b: int) -> float:
    """By halving the interval; slow and plain."""
    low, high = 0.0, 1.0
    for _ in range(200):
        middle = (low + high) / 2
        if beta_cdf(middle, a, b) < p:
            low = middle
        else:
            high = middle
    return (low + high) / 2


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 60), st.integers(1, 10**6), st.integers(0, 60), st.integers(1, 10**6))
def test_the_limits_are_beta_quantiles_to_a_millionth(x, t, y, u):
    found = rate_ratio(x, t, y, u)
    if x + y == 0:
        assert found is None
        return
    assert found is not None
    low = beta_quantile(0.025, x, y + 1) if x else 0.0
    assert found.low == pytest.approx(low / (1 - low) * u / t, rel=1e-6)
    if y:
        high = beta_quantile(0.975, x + 1, y)
        assert found.high == pytest.approx(high / (1 - high) * u / t, rel=1e-6)
        assert found.value == pytest.approx(x * u / (y * t))
        assert found.low <= found.value <= found.high
    else:
        assert (found.value, found.high) == (None, None)


def test_groups_that_change_places_turn_the_interval_over():
    one, other = rate_ratio(12, 340, 30, 2100), rate_ratio(30, 2100, 12, 340)
    assert one is not None
    assert other is not None
    assert one.low == pytest.approx(1 / other.high)
    assert one.high == pytest.approx(1 / other.low)


@pytest.mark.parametrize("nonsense", [(0, 5, 0, 5), (1, 0, 1, 5), (1, 5, 1, 0), (-1, 5, 1, 5)])
def test_without_events_or_days_there_is_no_ratio(nonsense):
    assert rate_ratio(*nonsense) is None


# Fay, vignette of R's rateratio.test 1.1, §1; vignette of R's exactci, §1, where stats::poisson.test is printed.
# Stata, "Incidence-rate ratio calculator", `iri 41 15 28010 19017` (breast cancer after fluoroscopy, of Rothman).
# OpenEpi, Comparing 2 Person-Time Rates, both strata and the crude table, "Fisher exact", as printed in the handout of
# epiinformatics.com, Session I.
IN_FULL = [
    (2, 17877, 9, 16660, "0.2070941557", "0.02177406", "1.00054910"),
    (2, 17877, 10, 20000, "0.2237512", "0.02383738", "1.04995468"),
    (41, 28010, 15, 19017, "1.855759", "1.005684", "3.6093"),
    (17, 100025, 3, 122268, "6.927", "2.004", "36.89"),
    (8, 78531, 1, 77932, "7.939", "1.064", "352.3"),
    (25, 178556, 4, 200200, "7.008", "2.42", "27.71"),
]
# Efficacy in percent is 100·(1 − ratio), so its limits change places: (cases, thousand person-years) of vaccine and of
# placebo; "Clopper–Pearson method, adjusted for surveillance time". Polack et al., N Engl J Med 2020;383:2603, table 3,
# all rows; Thomas et al., N Engl J Med 2021;385:1761, table 2, both; Frenck et al., N Engl J Med 2021;385:239, table 3, both.
EFFICACY = [
    (8, "2.214", 162, "2.222", "95.0", "90.0", "97.9"),
    (5, "1.234", 114, "1.239", "95.6", "89.4", "98.6"),
    (3, "0.980", 48, "0.983", "93.7", "80.6", "98.8"),
    (1, "0.508", 19, "0.511", "94.7", "66.7", "99.9"),
    (0, "0.102", 5, "0.106", "100.0", "-13.1", "100.0"),
    (3, "1.124", 81, "1.108", "96.4", "88.9", "99.3"),
    (5, "1.090", 81, "1.114", "93.7", "84.7", "98.0"),
    (7, "1.889", 146, "1.903", "95.2", "89.8", "98.1"),
    (0, "0.165", 7, "0.164", "100.0", "31.2", "100.0"),
    (1, "0.160", 9, "0.155", "89.3", "22.6", "99.8"),
    (3, "0.605", 53, "0.600", "94.4", "82.7", "98.9"),
    (5, "1.596", 109, "1.608", "95.4", "88.9", "98.5"),
    (1, "0.351", 35, "0.346", "97.2", "83.3", "99.9"),
    (1, "0.119", 8, "0.117", "87.7", "8.1", "99.7"),
    (6, "1.732", 119, "1.747", "94.9", "88.6", "98.2"),
    (77, "6.247", 850, "6.003", "91.3", "89.0", "93.2"),
    (81, "6.509", 873, "6.274", "91.1", "88.8", "93.0"),
    (0, "0.154", 16, "0.147", "100", "75.3", "100"),
    (0, "0.170", 18, "0.163", "100", "78.1", "100"),
]
# Of those, what comes out to the digit from the person-years as printed; the rest hangs on what they were rounded from.
TO_THE_DIGIT = [0, 1, 3, 6, 7, 10, 11, 14, 15, 16]


def printed(value: float, like: str) -> str:
    """As many digits behind the point as they print."""
    return f"{value:.{len(like.partition('.')[2])}f}"


@pytest.mark.parametrize(("x", "t", "y", "u", "value", "low", "high"), IN_FULL)
def test_published_ratios_come_out_to_their_printed_digits(x, t, y, u, value, low, high):
    found = rate_ratio(x, t, y, u)
    assert found is not None
    theirs = (value, low, high)
    assert tuple(map(printed, (found.value, found.low, found.high), theirs)) == theirs


@pytest.mark.parametrize("case", [EFFICACY[row] for row in TO_THE_DIGIT])
def test_published_efficacies_come_out_to_their_printed_digits(case):
    x, t, y, u, *theirs = case
    found = rate_ratio(x, float(t), y, float(u))
    assert found is not None
    ours = [100 * (1 - limit) for limit in (found.value, found.high, found.low)]
    assert list(map(printed, ours, theirs)) == theirs


@pytest.mark.parametrize(("x", "t", "y", "u", "value", "low", "high"), EFFICACY)
def test_every_row_of_the_tables_lies_within_the_rounding_of_its_person_years(x, t, y, u, value, low, high):
    half = 0.0005
    most = rate_ratio(x, float(t) - half, y, float(u) + half)
    least = rate_ratio(x, float(t) + half, y, float(u) - half)
    assert most is not None
    assert least is not None
    for theirs, high_ratio, low_ratio in (
        (value, most.value, least.value),
        (low, most.high, least.high),
        (high, most.low, least.low),
    ):
        last_digit = 0.5 * 10 ** -len(theirs.partition(".")[2])
        assert 100 * (1 - high_ratio) - last_digit <= float(theirs) <= 100 * (1 - low_ratio) + last_digit
