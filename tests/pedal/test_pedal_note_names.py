"""Note names by taste, and the settings that say what is shown."""

import pytest

from pedal.note_names import TASTES, note_name, pitch_names
from pedal.settings import METRICS, SettingRefused, Settings, changed
from pedal.views import settings_view

F_MAJOR = ("F", "major", "natural")


@pytest.mark.parametrize(
    ("taste", "midi", "scale", "name"),
    [
        ("key", 70, F_MAJOR, "Bb4"),
        ("key", 70, ("B", "major", "natural"), "A#4"),
        ("sharps", 70, F_MAJOR, "A#4"),
        ("flats", 61, ("A", "major", "natural"), "Db4"),
        ("german", 70, F_MAJOR, "B4"),
        ("german", 71, F_MAJOR, "H4"),
        ("german", 69, F_MAJOR, "A4"),
        ("solfege", 67, F_MAJOR, "Sol4"),
        ("solfege", 70, F_MAJOR, "Sib4"),
        ("key", 59, ("F#", "major", "natural"), "B3"),
        ("key", 65, ("F#", "major", "natural"), "E#4"),
        ("key", 60, ("C#", "major", "natural"), "C4"),
    ],
)
def test_a_note_by_taste(taste: str, midi: int, scale: tuple[str, str, str], name: str) -> None:
    assert note_name(midi, taste, *scale) == name
    assert (
        Settings(scale_root=scale[0], scale_kind=scale[1], scale_type=scale[2], note_names=taste).note_name(midi)
        == name
    )


@pytest.mark.parametrize("taste", TASTES)
def test_no_two_pitch_classes_share_a_name(taste: str) -> None:
    for root in ("C", "F", "A#", "F#", "B"):
        assert len(set(pitch_names(taste, root, "major", "natural"))) == 12


def test_what_is_shown_is_chosen_in_one_order_and_never_nothing() -> None:
    assert Settings().enabled_metrics == METRICS
    some = changed(Settings(), {"enabled_metrics": ["timing_stability", "pitch_accuracy", "pitch_accuracy"]})
    assert some.enabled_metrics == ("pitch_accuracy", "timing_stability")
    assert settings_view(some).enabled_metrics == ["pitch_accuracy", "timing_stability"]
    for bad in ([], ["quality"], "pitch_accuracy", None, [1], 4, [["pitch_accuracy"]]):
        with pytest.raises(SettingRefused, match="at least one of"):
            changed(Settings(), {"enabled_metrics": bad})


@pytest.mark.parametrize(("field", "bad"), [("note_names", "klingon"), ("left_handed", 1), ("note_names", 3)])
def test_a_taste_that_is_not_known_is_refused(field: str, bad: object) -> None:
    with pytest.raises(SettingRefused):
        changed(Settings(), {field: bad})
