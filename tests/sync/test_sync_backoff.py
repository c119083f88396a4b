"""When to try again: never too often, never all at once, never sooner than asked."""

from hypothesis import given
from hypothesis import strategies as st

from sync.backoff import AFTER_LINK_S, BASE_S, CAP_S, Pacer, full_jitter_s

unit = st.floats(min_value=0, max_value=1, exclude_max=True)


@given(st.integers(min_value=1, max_value=10_000), unit)
def test_a_wait_lies_between_zero_and_its_bound(failures: int, random: float) -> None:
    bound = min(CAP_S, BASE_S * 2 ** min(failures - 1, 20))
    assert 0 <= full_jitter_s(failures, random) <= bound


def test_the_bound_doubles_from_5_s_to_15_minutes() -> None:
    bounds = [full_jitter_s(failures, 1.0) for failures in range(1, 11)]
    assert bounds == [5, 10, 20, 40, 80, 160, 320, 640, 900, 900]


def test_jitter_is_full_so_that_half_of_all_pedals_come_in_the_first_half() -> None:
    assert full_jitter_s(5, 0.0) == 0.0
    assert full_jitter_s(5, 0.5) == full_jitter_s(5, 1.0) / 2


@given(st.floats(min_value=0, max_value=1e6), unit, st.floats(min_value=0, max_value=3600))
def test_the_server_is_never_asked_sooner_than_it_said(now_s: float, random: float, after_s: float) -> None:
    assert Pacer().failed(now_s, random, after_s).not_before_s >= now_s + after_s


def test_success_and_a_new_link_start_from_the_base_again() -> None:
    tired = Pacer()
    for _ in range(8):
        tired = tired.failed(0.0, 1.0)
    assert tired.failures == 8
    assert tired.succeeded() == Pacer()
    assert tired.linked(100.0, 0.5) == Pacer(0, 100.0 + AFTER_LINK_S / 2)
    assert tired.at_once().not_before_s == 0.0
    assert tired.at_once().failures == 8
