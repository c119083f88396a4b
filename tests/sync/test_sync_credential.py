"""The credential's file: for its owner alone, or not used at all."""

import stat
from pathlib import Path

import pytest

from sync.credential import CREDENTIAL_FILE, forget_credential, read_credential, write_credential
from sync.errors import AuthHeld
from tests.sync.cloud_script import CONFIG


def test_it_comes_back_and_only_the_owner_may_read_it(tmp_path: Path) -> None:
    path = write_credential(tmp_path / "data", CONFIG)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    found = read_credential(tmp_path / "data")
    assert (found.url, found.api_key, found.token, found.user_id) == (
        CONFIG.url,
        CONFIG.api_key,
        CONFIG.token,
        CONFIG.user_id,
    )
    assert [p.name for p in path.parent.iterdir()] == [CREDENTIAL_FILE]


def test_no_account_is_none_and_forgetting_works_offline_and_twice(tmp_path: Path) -> None:
    assert read_credential(tmp_path) is None
    write_credential(tmp_path, CONFIG)
    forget_credential(tmp_path)
    forget_credential(tmp_path)
    assert read_credential(tmp_path) is None


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o644, 0o620, 0o610])
def test_a_file_that_others_could_read_is_refused_with_what_to_do(tmp_path: Path, mode: int) -> None:
    write_credential(tmp_path, CONFIG).chmod(mode)
    with pytest.raises(AuthHeld, match="chmod 600"):
        read_credential(tmp_path)


@pytest.mark.parametrize("text", ["", "{", "[]", "null", "{}", '{"url": "https://x"}', '"text"'])
def test_what_is_no_credential_says_so(tmp_path: Path, text: str) -> None:
    write_credential(tmp_path, CONFIG).write_text(text)
    with pytest.raises(AuthHeld, match="link the account again"):
        read_credential(tmp_path)


def test_an_address_without_tls_is_refused(tmp_path: Path) -> None:
    path = write_credential(tmp_path, CONFIG)
    path.write_text(path.read_text().replace("https:", "http:"))
    with pytest.raises(AuthHeld, match="link the account again"):
        read_credential(tmp_path)
