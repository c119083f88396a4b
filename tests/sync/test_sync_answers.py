"""What each answer of a server, or of a stranger in its place, means for the queue."""

import json
from datetime import UTC, datetime

import pytest

from sync.answers import Answer, Dependency, NoConflictKey, refusal, retry_after_s, shown_ids
from sync.errors import AuthHeld, Held, Portal, Rejected, Retry, TooLarge

NOW = datetime(2026, 11, 20, 6, 30, tzinfo=UTC)
JSON = {"content-type": "application/json; charset=utf-8"}
OURS = {**JSON, "content-range": "*/*"}


def error(status: int, code: str | None, **headers: str) -> Answer:
    return Answer(status, {**JSON, **headers}, json.dumps({"code": code, "message": "why"}).encode())


def test_ids_are_those_that_the_server_shows() -> None:
    assert shown_ids(Answer(201, OURS, b'[{"session_id":"a"},{"session_id":"b"}]'), NOW) == {"a", "b"}
    assert shown_ids(Answer(201, {**JSON, "preference-applied": "x"}, b"[]"), NOW) == set()


@pytest.mark.parametrize(
    "stranger",
    [
        Answer(200, {"content-type": "text/html"}, b"<html>log in</html>"),
        Answer(200, {"content-type": "text/html", "content-range": "*/*"}, b"<html>"),
        Answer(200, JSON, b'{"login": true}'),
        Answer(204, {}, b""),
        Answer(302, {"location": "http://portal.example"}, b""),
        Answer(401, {"content-type": "text/html"}, b"<html>"),
        Answer(404, {"content-type": "text/plain"}, b"no"),
        Answer(407, JSON, b"{}"),
        Answer(511, JSON, b"{}"),
    ],
)
def test_a_stranger_in_the_servers_place_is_a_portal(stranger: Answer) -> None:
    with pytest.raises(Portal, match="log-in page"):
        shown_ids(stranger, NOW)


@pytest.mark.parametrize("cut", [b'[{"session_id":"a"', b"", b"null", b"{}", b'[{"id":"a"}]', b"[1]", b"\xff"])
def test_an_answer_that_was_cut_short_is_tried_again(cut: bytes) -> None:
    with pytest.raises(Retry, match="cut short"):
        shown_ids(Answer(201, OURS, cut), NOW)


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (error(500, "XX000"), Retry),
        (error(503, None), Retry),
        (Answer(502, {"content-type": "text/html"}, b"<html>bad gateway"), Retry),
        (error(408, None), Retry),
        (error(425, None), Retry),
        (error(429, None), Retry),
        (error(405, "25006"), Retry),
        (error(418, None), Retry),
        (error(400, None), Retry),
        (error(401, "PGRST301"), AuthHeld),
        (error(401, None), AuthHeld),
        (error(403, "42501"), AuthHeld),
        (error(400, "PGRST204"), Held),
        (error(400, "42703"), Held),
        (error(404, "42P01"), Held),
        (error(404, "PGRST205"), Held),
        (error(406, "PGRST106"), Held),
        (error(400, "PGRST102"), Held),
        (error(400, "42P10"), NoConflictKey),
        (error(413, None), TooLarge),
        (Answer(413, {"content-type": "text/html"}, b"<html>"), TooLarge),
        (error(409, "23503"), Dependency),
        (error(400, "22P02"), Rejected),
        (error(400, "22003"), Rejected),
        (error(400, "23502"), Rejected),
        (error(400, "23514"), Rejected),
        (error(409, "23505"), Rejected),
    ],
)
def test_every_refusal_has_its_class(answer: Answer, kind: type) -> None:
    assert type(refusal(answer, NOW)) is kind


def test_no_refusal_of_the_table_or_the_server_is_ever_poison() -> None:
    for status in range(300, 600):
        for code in (None, "PGRST204", "42703", "42P01", "25006", "40001", "57014", "53300"):
            assert not isinstance(refusal(error(status, code), NOW), Rejected), (status, code)


@pytest.mark.parametrize(
    ("asked", "seconds"),
    [
        ("120", 120.0),
        (" 7 ", 7.0),
        ("999999", 3600.0),
        ("Fri, 20 Nov 2026 06:31:30 GMT", 90.0),
        ("Fri, 20 Nov 2026 06:31:30 -0000", 90.0),
        ("Fri, 20 Nov 2026 06:00:00 GMT", 0.0),
        ("soon", None),
        ("-5", None),
        ("", None),
    ],
)
def test_retry_after_is_a_number_or_a_date(asked: str, seconds: float | None) -> None:
    assert retry_after_s(error(429, None, **{"retry-after": asked}), NOW) == seconds


def test_retry_after_reaches_the_caller() -> None:
    for status in (429, 503):
        assert refusal(error(status, None, **{"retry-after": "42"}), NOW).after_s == 42.0
