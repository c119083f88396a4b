"""Every screen against a picture that a person has looked at; make golden writes them anew."""

import os
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageChops

from dsp.types import Frame, Metrics, Summary
from pedal import gallery, screens
from pedal.state import Mode, Part, Review, Session, State, Toast

GOLDEN = Path(__file__).parent / "golden"
WRITE = os.environ.get("PEDAL_GOLDEN") == "write"
STATES = gallery.states()


@pytest.mark.parametrize("name", sorted(STATES))
def test_the_screen_looks_as_it_did_when_somebody_looked(name: str) -> None:
    drawn = screens.draw(STATES[name])
    path = GOLDEN / f"{name}.png"
    if WRITE:
        GOLDEN.mkdir(exist_ok=True)
        drawn.save(path, optimize=True)
    with Image.open(path) as golden:
        differing = ImageChops.difference(drawn.convert("L"), golden.convert("L")).getbbox()
    assert differing is None, f"{name} differs within {differing}; look at it, then: PEDAL_GOLDEN=write"


def test_no_golden_picture_is_left_over() -> None:
    assert {path.stem for path in GOLDEN.glob("*.png")} == set(STATES)


def test_every_screen_that_can_be_reached_is_in_the_gallery() -> None:
    assert {screens.screen_name(state) for state in STATES.values()} == set(screens._SCREENS)


def test_what_lies_nearest_to_the_foot_comes_first() -> None:
    state = replace(gallery.BASE, pin="123456", review=Review("id", gallery.SUMMARY, 0), countdown_ns=1)
    order = []
    for gone in ({}, {"countdown_ns": None}, {"pin": None}, {"review": None}):
        state = replace(state, **gone)
        order.append(screens.screen_name(state))
    assert order == ["countdown", "pin", "review", "idle"]


finite = st.floats(-1e6, 1e6)
scores = st.none() | st.floats(0, 1)
metrics = st.builds(
    Metrics, scores, scores, scores, scores, scores, st.none() | finite, st.none() | finite, st.none() | finite
)
frames = st.builds(
    Frame,
    st.just(0),
    st.just(0),
    finite,
    finite,
    finite,
    st.none() | finite,
    st.none() | st.integers(0, 127),
    st.none() | st.floats(-50, 50),
)
summaries = st.builds(Summary, st.floats(0, 1e6), *[st.integers(0, 10**6)] * 6, metrics)
sessions = st.builds(
    Session,
    st.just("practice"),
    st.integers(0, 10**15),
    st.just("id"),
    st.none() | st.integers(0, 10**15),
    st.just(0),
    st.none(),
    st.integers(0, 10**6),
    st.integers(0, 10**6),
    metrics,
)
texts = st.text(max_size=60)
states = st.builds(
    State,
    now_ns=st.integers(0, 10**15),
    mode=st.sampled_from(Mode),
    heard=st.none() | frames,
    session=st.none() | sessions,
    review=st.none() | st.builds(Review, st.just("id"), summaries, st.just(0)),
    toast=st.none() | st.builds(Toast, texts, st.just(0)),
    waiting=st.integers(0, 10**6),
    parts=st.fixed_dictionaries(
        {"audio": st.builds(Part, st.sampled_from(["ok", "waiting", "missing", "fault"]), texts)}
    ),
)


@given(states)
def test_no_state_is_too_strange_to_draw(state: State) -> None:
    image = screens.draw(state)
    assert (image.mode, image.size) == ("1", (128, 64))
