"""Exact conversions between what people say and what the chain stores.

The chain holds integers only: energy in watt hours [Wh], GRID in base units (1 Wh = 1,000,000), payment in
base units of the payment token, prices in payment base units per kilowatt hour. Every function here is exact:
an amount that does not fit the integer grid is refused with `InvalidAmount`, never rounded. Floats are refused
because 0.1 is not one tenth.
"""

from __future__ import annotations

from decimal import Decimal, InvalidOperation, localcontext
from typing import Final

from .exceptions import InvalidAmount

Number = Decimal | int | str
"""What the conversions accept: an exact decimal in any of three spellings."""

WH_PER_KWH: Final = 1_000
GRID_DECIMALS: Final = 9
GRID_UNITS_PER_WH: Final = 1_000_000
U64_MAX: Final = 2**64 - 1
BASIS_POINTS: Final = 10_000


def kwh_to_wh(energy_kwh: Number) -> int:
    """Energy in kWh to whole Wh.

    >>> kwh_to_wh("1.5")
    1500
    """
    return to_base_units(energy_kwh, decimals=3, unit="kWh")


def wh_to_kwh(energy_wh: int) -> Decimal:
    """Energy in Wh to kWh, exactly.

    >>> wh_to_kwh(1500)
    Decimal('1.5')
    """
    return from_base_units(energy_wh, decimals=3)


def format_kwh(energy_wh: int) -> str:
    """Energy in Wh as a plain kWh string with the three decimals that a Wh needs.

    >>> format_kwh(1500)
    '1.500'
    """
    return format_units(energy_wh, decimals=3)


def wh_to_grid(energy_wh: int) -> int:
    """Energy in Wh to GRID base units.

    Raises:
        InvalidAmount: negative, or more than a token amount can hold.
    """
    return _u64(_integer(energy_wh, "Wh") * GRID_UNITS_PER_WH, "GRID base units")


def grid_to_wh(grid_units: int) -> int:
    """GRID base units to whole Wh.

    Raises:
        InvalidAmount: the amount is not a whole number of Wh.
    """
    energy_wh, rest = divmod(_u64(grid_units, "GRID base units"), GRID_UNITS_PER_WH)
    if rest:
        raise InvalidAmount(
            f"{grid_units} GRID base units are not a whole number of Wh; "
            f"use a multiple of {GRID_UNITS_PER_WH:,} (0.001 GRID)"
        )
    return energy_wh


def to_base_units(amount: Number, *, decimals: int, unit: str = "tokens") -> int:
    """A decimal amount to integer base units, 10**decimals of them to one.

    >>> to_base_units("12.34", decimals=6)
    12340000

    Raises:
        InvalidAmount: not a number, a float, negative, finer than one base unit, or above 2**64 - 1.
    """
    value = parse_decimal(amount, unit)
    with localcontext() as context:
        context.prec = 100
        scaled = value.scaleb(decimals)
        if scaled != scaled.to_integral_value():
            raise InvalidAmount(f"{amount} {unit} is too fine; at most {decimals} decimals are possible")
        return _u64(int(scaled), f"base units (10^-{decimals} {unit})")


def from_base_units(units: int, *, decimals: int) -> Decimal:
    """Integer base units to the exact decimal amount, without trailing zeros.

    >>> from_base_units(12340000, decimals=6)
    Decimal('12.34')
    """
    with localcontext() as context:
        context.prec = 100
        value = Decimal(_integer(units, "base units")).scaleb(-decimals)
        whole = value.to_integral_value()
        return whole if value == whole else value.normalize()


def format_units(units: int, *, decimals: int) -> str:
    """Integer base units as plain decimal text with all their decimals, never in exponent form.

    >>> format_units(-1, decimals=6)
    '-0.000001'
    """
    sign = "-" if units < 0 else ""
    whole, part = divmod(abs(_integer(units, "base units")), 10**decimals)
    return f"{sign}{whole}.{part:0{decimals}d}" if decimals else f"{sign}{whole}"


def price_to_base(price_per_kwh: Number, *, decimals: int) -> int:
    """A price in payment tokens per kWh to payment base units per kWh; `decimals` are the token's.

    >>> price_to_base("0.25", decimals=6)
    250000
    """
    return to_base_units(price_per_kwh, decimals=decimals, unit="payment tokens per kWh")


def cost(energy_wh: int, price_per_kwh: int) -> int:
    """What `energy_wh` [Wh] cost at `price_per_kwh` [payment base units per kWh], in payment base units.

    Raises:
        InvalidAmount: the product is not a whole number of base units. Amounts on a market's lot and tick
            grid always are, because a market is only created when lot x tick is divisible by 1,000.
    """
    total, rest = divmod(_u64(energy_wh, "Wh") * _u64(price_per_kwh, "payment base units per kWh"), WH_PER_KWH)
    if rest:
        raise InvalidAmount(
            f"{energy_wh} Wh at {price_per_kwh} per kWh is not a whole number of payment base units; "
            "use amounts on the market's lot and tick grid"
        )
    return _u64(total, "payment base units")


def seller_receives(gross: int, fee_bps: int) -> int:
    """What is left of `gross` [payment base units] after a fee of `fee_bps` basis points, rounded down.

    The chain rounds this once per order and gives the remainder to the fee seat.
    """
    if not 0 <= fee_bps <= BASIS_POINTS:
        raise InvalidAmount(f"a fee of {fee_bps} basis points is not possible; use 0 to {BASIS_POINTS}")
    return _u64(gross, "payment base units") * (BASIS_POINTS - fee_bps) // BASIS_POINTS


def parse_decimal(amount: Number, unit: str) -> Decimal:
    """An amount of any sign in `unit`, exactly.

    Raises:
        InvalidAmount: not a number, a float, or far outside what 64 bits can hold.
    """
    if isinstance(amount, bool) or not isinstance(amount, Decimal | int | str):
        raise InvalidAmount(
            f"{amount!r} is a {type(amount).__name__}; give an exact amount in {unit}, "
            "as text such as '1.5', a Decimal or an int"
        )
    try:
        value = Decimal(amount)
    except InvalidOperation:
        raise InvalidAmount(f"{amount!r} is not a number; give {unit} as plain digits such as '1.5'") from None
    if not value.is_finite():
        raise InvalidAmount(f"{amount!r} is not a finite number of {unit}")
    # 2**64 has 20 digits and no token has more than 255 decimals: a larger exponent is a mistake, and
    # expanding it would cost gigabytes.
    exponent = value.as_tuple().exponent
    if value and (value.adjusted() > 30 or (isinstance(exponent, int) and exponent < -300)):
        raise InvalidAmount(f"{amount!r} {unit} is far outside what a 64-bit amount can hold")
    return value


def _integer(value: int, unit: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise InvalidAmount(f"{value!r} is a {type(value).__name__}; {unit} are whole numbers (int)")
    return value


def _u64(value: int, unit: str) -> int:
    if _integer(value, unit) < 0:
        raise InvalidAmount(f"{value} {unit} is negative; amounts start at zero")
    if value > U64_MAX:
        raise InvalidAmount(f"{value} {unit} is above the largest 64-bit amount {U64_MAX}")
    return value
