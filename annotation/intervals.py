"""How far a share can be trusted."""

import math

NORMAL_95 = 1.959964  # of the standard normal distribution, two-sided 95 %


def wilson(hits: float, count: float, *, z: float = NORMAL_95) -> tuple[float, float]:
    """Wilson's score interval of a share (Wilson, Probable Inference, 1927); from 0 to 1 where nothing was counted."""
    if not count:
        return 0.0, 1.0
    share, spread = hits / count, z * z / count
    middle = share + spread / 2
    reach = z * math.sqrt(share * (1 - share) / count + spread / (4 * count))
    return max(0.0, (middle - reach) / (1 + spread)), min(1.0, (middle + reach) / (1 + spread))
