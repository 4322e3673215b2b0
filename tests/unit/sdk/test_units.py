"""Conversions are exact or refused."""

import doctest
from decimal import Decimal

import pytest
from energy_sdk import units
from energy_sdk.exceptions import InvalidAmount
from energy_sdk.oracle import readings
from hypothesis import given
from hypothesis import strategies as st

U64 = st.integers(0, 2**64 - 1)


@pytest.mark.parametrize(
    ("text", "wh"), [("1.5", 1500), ("0.001", 1), (2, 2000), (Decimal("3"), 3000), ("1e3", 1_000_000)]
)
def test_kwh_become_whole_wh(text, wh):
    assert units.kwh_to_wh(text) == wh


@pytest.mark.parametrize("amount", [0.1, 1.0, True, None, "", "ten", "nan", "inf", "-1", "0.0001", "1e-400", "1e40"])
def test_refuses_what_is_not_an_exact_amount(amount):
    with pytest.raises(InvalidAmount):
        units.kwh_to_wh(amount)


def test_an_amount_beyond_64_bits_is_refused():
    assert units.to_base_units(2**64 - 1, decimals=0) == 2**64 - 1
    with pytest.raises(InvalidAmount, match="largest 64-bit amount"):
        units.to_base_units(2**64, decimals=0)


def test_a_huge_exponent_is_refused_before_it_is_expanded():
    with pytest.raises(InvalidAmount, match="far outside"):
        units.to_base_units("1e1000000", decimals=6)


@given(U64, st.integers(0, 18))
def test_base_units_survive_the_way_to_decimals_and_back(amount, decimals):
    assert units.to_base_units(units.from_base_units(amount, decimals=decimals), decimals=decimals) == amount
    assert units.to_base_units(units.format_units(amount, decimals=decimals), decimals=decimals) == amount


@given(st.integers(0, (2**64 - 1) // 1_000_000))
def test_wh_and_grid_are_one_to_a_million(wh):
    assert units.grid_to_wh(units.wh_to_grid(wh)) == wh


def test_a_fraction_of_a_wh_is_no_energy():
    with pytest.raises(InvalidAmount, match="whole number of Wh"):
        units.grid_to_wh(1_500_001)


def test_prices_follow_the_payment_tokens_decimals():
    assert units.price_to_base("0.25", decimals=6) == 250_000
    assert units.price_to_base("0.25", decimals=2) == 25
    with pytest.raises(InvalidAmount, match="too fine"):
        units.price_to_base("0.255", decimals=2)


def test_cost_is_exact_or_refused():
    assert units.cost(1_500, 200_000) == 300_000
    with pytest.raises(InvalidAmount, match="lot and tick grid"):
        units.cost(1, 1)


@given(st.integers(0, 2**63), st.integers(0, 10_000))
def test_the_fee_is_what_the_seller_does_not_receive(gross, fee_bps):
    net = units.seller_receives(gross, fee_bps)
    assert 0 <= net <= gross
    assert (gross - net) * 10_000 >= gross * fee_bps > (gross - net - 1) * 10_000


def test_text_has_all_decimals_and_never_an_exponent():
    assert units.format_kwh(1) == "0.001"
    assert units.format_kwh(12_000_000) == "12000.000"
    assert units.format_units(5, decimals=0) == "5"
    assert str(units.wh_to_kwh(5_000_000)) == "5000"


def test_the_examples_in_the_documentation_are_true():
    assert doctest.testmod(units).failed == 0
    assert doctest.testmod(readings).failed == 0
