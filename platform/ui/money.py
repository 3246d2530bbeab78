"""Amounts of money as people read them: with two decimals, and with as many as a small one needs to say something."""

import math

from django.conf import settings

DIGITS = 2  # that say something, of a small amount
MOST_DECIMALS = 9


def amount(value: float) -> str:
    """12.5 as 12.50, 0.00042 as 0.00042."""
    if value == 0 or abs(value) >= 0.1:
        return f"{value:,.2f}"
    leading = -math.floor(math.log10(abs(value))) - 1  # zeros behind the point
    return f"{value:.{min(leading + DIGITS, MOST_DECIMALS)}f}"


def priced(value: float) -> str:
    """The same in the currency that the deployment counts in, where it names one (GOLDPAN_CURRENCY)."""
    return f"{amount(value)} {settings.CURRENCY}".strip()
