"""Names on the page and in lists follow the key, from one place."""

from dataclasses import replace

from dsp.types import SessionSetup
from pedal import rows, views
from pedal.gallery import FLATS, HEARD, states
from sync.records import SessionHeader, StoredSession


def test_the_live_page_spells_notes_and_scale_by_the_key() -> None:
    flats = replace(states()["session"], settings=FLATS, heard=replace(HEARD, midi=46))
    live = views.live_state(flats, 1, simulated=True)
    assert live.scale == "B♭ major"
    assert live.heard is not None
    assert live.heard.note == "Bb2"
    assert live.settings.scale_root == "A#"  # what is set stays canonical


def test_the_list_of_sessions_spells_scales_by_their_key() -> None:
    told = {
        ("A#", "major", "natural"): "Bb major",
        ("A", "minor", "pentatonic"): "A minor pentatonic",
        ("D", "dorian", "pentatonic"): "D dorian",
        ("C#", "custom 0 4 7", "natural"): "Db 1 3 5",
    }
    for (root, kind, pattern), name in told.items():
        header = SessionHeader("id", "Player 1", SessionSetup(root, kind, pattern), "boot", 0)
        assert rows.row(StoredSession(header, "open"), running_id="id").scale == name
