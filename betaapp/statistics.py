"""How much more often something happens in one group than in another, and how sure that is."""

from dataclasses import dataclass

from scipy.special import betaincinv

LEVEL = 0.95


@dataclass(frozen=True)
class RateRatio:
    """`value` is None where the second group had none; `high` is None where nothing bounds it from above."""

    value: float | None
    low: float
    high: float | None


def rate_ratio(
    events: int, exposure: float, other_events: int, other_exposure: float, *, level: float = LEVEL
) -> RateRatio | None:
    """The ratio of two Poisson rates, (events / exposure) : (other_events / other_exposure), with its exact interval.

    Given their sum n, the first count is binomial with p = r·t₁ / (r·t₁ + t₂) (Przyborowski and Wilenski, Biometrika 31,
    1940, 313–323). Clopper and Pearson's limits of p (Biometrika 26, 1934, 404–413), which are quantiles of beta
    distributions, give the limits of r = p/(1−p) · t₂/t₁. It is what R's `poisson.test` answers. Counts are whole numbers
    from 0 on, exposures (store-days) above 0 in the same unit; None without any event or exposure.
    """
    if min(events, other_events) < 0 or not events + other_events or min(exposure, other_exposure) <= 0:
        return None
    tail, scale = (1 - level) / 2, other_exposure / exposure
    low = float(betaincinv(events, other_events + 1, tail)) if events else 0.0
    high = float(betaincinv(events + 1, other_events, 1 - tail)) if other_events else 1.0
    return RateRatio(
        value=events / other_events * scale if other_events else None,
        low=low / (1 - low) * scale,
        high=high / (1 - high) * scale if high < 1 else None,
    )
