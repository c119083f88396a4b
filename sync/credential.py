"""The credential of the linked account, in a file that only its owner may read; never in SQLite, logs or backups."""

import json
import os
from dataclasses import asdict
from pathlib import Path
from typing import Final

from sync.cloud import CloudConfig
from sync.errors import AuthHeld

CREDENTIAL_FILE: Final = "cloud.json"
_KEYS: Final = ("url", "api_key", "token", "user_id")


def write_credential(folder: Path, config: CloudConfig) -> Path:
    """Keep it, mode 0600 from its first byte on, replacing the old one in one step."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder / CREDENTIAL_FILE
    fresh = path.with_suffix(".new")
    fresh.unlink(missing_ok=True)
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        json.dump({key: asdict(config)[key] for key in _KEYS}, file)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
    return path


def read_credential(folder: Path) -> CloudConfig | None:
    """Return what is kept, or ``None`` when no account is linked.

    Raises ``AuthHeld`` when others could read the file (the token may be in other hands), or it is not understood.
    """
    path = folder / CREDENTIAL_FILE
    try:
        mode = path.stat().st_mode
        text = path.read_text()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise AuthHeld(f"{path} cannot be read: {error.strerror}") from error
    if mode & 0o077:
        raise AuthHeld(f"{path} can be read by others: run chmod 600 on it, and link the account again if in doubt")
    try:
        values = json.loads(text)
        url, api_key, token, user_id = (str(values[key]) for key in _KEYS)
        return CloudConfig(url, api_key, token, user_id)
    except (ValueError, KeyError, TypeError) as error:
        raise AuthHeld(f"{path} is not a credential: link the account again") from error


def forget_credential(folder: Path) -> None:
    """Unlink the account on this side; works offline."""
    (folder / CREDENTIAL_FILE).unlink(missing_ok=True)
