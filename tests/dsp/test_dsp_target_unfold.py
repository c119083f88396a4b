"""In which order printed bars are played. A piece is a line of text: bars by name, in the signs of sheet music."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dsp.follow.bounds import BARS_MAX, TargetError
from dsp.follow.unfold import Course, Jump, Sign, unfold

WORDS = {
    "segno": {"sign": Sign.SEGNO},
    "segno2": {"sign": Sign.DOUBLE_SEGNO},
    "coda": {"sign": Sign.CODA},
    "fine": {"sign": Sign.FINE},
    "tocoda": {"leave_for": Sign.CODA},
    "DC": {"jump": Jump()},
    "DCfine": {"jump": Jump(None, Sign.FINE)},
    "DCcoda": {"jump": Jump(None, Sign.CODA)},
    "DS": {"jump": Jump(Sign.SEGNO)},
    "DSfine": {"jump": Jump(Sign.SEGNO, Sign.FINE)},
    "DScoda": {"jump": Jump(Sign.SEGNO, Sign.CODA)},
    "DSS": {"jump": Jump(Sign.DOUBLE_SEGNO)},
}


def played(piece: str) -> str:
    """``"|: A | [1,2 B :|3 [3 C"``: bars are parted by spaced ``|``; ``:|3`` is played three times in all."""
    names, courses = [], []
    for bar in re.split(r"(?<!:)\|(?!:)", re.sub(r":\|(\d*)", r" :\1 |", piece.replace("|:", "| (:"))):
        words = bar.split()
        if not words:
            continue
        said: dict[str, object] = {}
        for word in words:
            if word == "(:":
                said["opens"] = True
            elif word.startswith("["):
                said["endings"] = sum(1 << int(number) - 1 for number in word[1:].split(","))
            elif word.startswith(":"):
                said["repeats"] = int(word[1:] or 2) - 1
            elif word in WORDS:
                said |= WORDS[word]
            else:
                names.append(word)
        courses.append(Course(**said))  # type: ignore[arg-type]
    assert len(names) == len(courses)
    return "".join(names[place] for place in unfold(courses))


@pytest.mark.parametrize(
    ("piece", "order"),
    [
        ("A | B | C", "ABC"),
        ("|: A | B :| C", "ABABC"),
        ("|: A :|3 B", "AAAB"),
        ("A | B :| C | D :| E", "ABABCDCDE"),  # nobody opened: from the start, and from where the last one ended
        ("|: A | [1 B :| [2 C | D", "ABACD"),
        ("|: A | [1 B | C :| [2 D | E", "ABCADE"),  # an ending of two bars
        ("|: A | [1,2 B :|3 [3 C | D", "ABABACD"),
        ("|: A | [1 B :| [2 C :| [3 D | E", "ABACADE"),  # each ending closes once, as tab editors write it
        ("|: A | [1,2,3 B | [4 C :|4 D", "ABABABACD"),  # one close for all endings, as AlphaTex writes it
        ("|: A | [1,2,3,5,6,7 B :| [4 C :| [8 D |: E :|", "ABABABACABABABADEE"),  # as a tab editor wrote it
        ("|: A | [1 B :|3 [2 C :|3 [3 D | E", "ABACADE"),  # closes that count all turns, and an ending for each
        ("|: A | [1 B :| C", "ABAC"),  # the second ending was not marked
        ("|: A | [1 B :| [2 C |: D :| E", "ABACDDE"),
        ("|: A |: B :| C :| D", "ABBCABBCD"),  # one within another
        ("|: A | B | C", "ABC"),  # opened and never closed
        ("A | B | C DC | D", "ABCABCD"),
        ("A fine | B | C DCfine | D", "ABCA"),
        ("A | B segno | C fine | D DSfine", "ABCDBC"),
        ("A | B segno | C tocoda | D DScoda | E coda | F", "ABCDBCEF"),
        ("|: A :| B tocoda | C DCcoda | D coda", "AABCABD"),  # what was repeated is not, the second time
        ("|: A | [1 B :| [2 C DC | D", "ABACACD"),
        ("A segno | B DS | C segno2 | D DSS | E", "ABABCDCDE"),
        ("A | B DScoda | C", "ABABC"),  # no segno, no coda: from the start to the end
    ],
)
def test_the_order_of_bars(piece: str, order: str):
    assert played(piece) == order


COURSES = st.lists(
    st.builds(
        Course,
        opens=st.booleans(),
        repeats=st.integers(0, 3),
        endings=st.sampled_from([0, 0, 1, 2, 3, 4, 7]),
        sign=st.sampled_from([None, *Sign]),
        jump=st.sampled_from([None, None, Jump(), Jump(Sign.SEGNO, Sign.CODA), Jump(None, Sign.FINE)]),
        leave_for=st.sampled_from([None, Sign.CODA, Sign.DOUBLE_CODA]),
    ),
    max_size=12,
)


@settings(max_examples=300, derandomize=True, deadline=None)
@given(COURSES)
def test_every_order_ends_within_the_bounds_or_is_refused(courses: list[Course]):
    try:
        order = unfold(courses)
    except TargetError:
        return
    assert len(order) <= BARS_MAX
    assert set(order) <= set(range(len(courses)))


def test_repeats_within_repeats_are_counted_not_waited_for():
    nested = [Course(opens=True) for _ in range(30)] + [Course(repeats=100) for _ in range(30)]
    with pytest.raises(TargetError, match="more than 5,000 bars"):
        unfold(nested)


def test_skipped_bars_are_counted_too():
    nobody = [Course(opens=True, repeats=100_000, endings=1 << 200)]
    with pytest.raises(TargetError, match="repeats never end"):
        unfold(nobody)
