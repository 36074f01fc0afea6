"""Rates are parsed as the library parses them whose notation they use."""

from __future__ import annotations

import limits
import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpr_core.domain.rates import Window, parse_rates

_UNITS = st.sampled_from(["second", "Minutes", "hour", "days", "month", "YEAR", "fortnight", "s"])
_GAPS = st.sampled_from(["", " ", "  ", "\t"])
_RATES = st.builds(
    "".join,
    st.tuples(
        _GAPS,
        st.integers(0, 10_000).map(str) | st.sampled_from(["", "-1", "a", "1.5"]),
        _GAPS,
        st.sampled_from(["/", "per", " per ", "PER", "", "an"]),
        _GAPS,
        st.sampled_from(["", "1", "2", "30"]),
        _GAPS,
        _UNITS,
        _GAPS,
    ),
)
_NOTATIONS = st.lists(_RATES, max_size=3).flatmap(
    lambda rates: st.sampled_from(",;|").map(lambda between: between.join(rates))
)


@given(notation=_NOTATIONS)
def test_rates_are_parsed_as_the_library_parses_them(notation: str) -> None:
    try:
        theirs = [Window(one.amount, one.get_expiry()) for one in limits.parse_many(notation)]
    except ValueError:
        with pytest.raises(ValueError, match="not a rate"):
            parse_rates(notation)
    else:
        assert parse_rates(notation) == theirs


def test_each_window_keeps_its_position() -> None:
    assert parse_rates("5/minute; 20 per 2 hours") == [Window(5, 60), Window(20, 7200)]


@pytest.mark.parametrize("notation", ["", ";", "5/minute;", "5", "5/", "/minute", "5/minutess"])
def test_an_invalid_rate_is_refused(notation: str) -> None:
    with pytest.raises(ValueError, match="not a rate"):
        parse_rates(notation)
