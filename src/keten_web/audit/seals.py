# SPDX-License-Identifier: EUPL-1.2
"""What stands under an audit row: the application's signature, and the digest that links it to the row before.

The signature needs a key that the database does not have, so a row that was written or changed with SQL has none that
fits. The digest needs no key, so anybody can check that no row is missing. The database computes the digest when a
transaction ends; here it is computed again, by other code, from what stands in the row.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from keten.domain.digest import hash_of
from keten_web.config import home

KEY = "KETEN_AUDIT_KEY"
SIGNED = (
    "at", "actor", "action", "subject", "result", "reason", "details", "origin", "trace", "fsc_transaction", "context",
)  # fmt: skip
"""The columns that the application fills, in the order in which they are signed and linked. `place` and `sealed` are
signed behind them; a row of before there were seals has neither."""


def keys() -> dict[str, bytes]:
    """Give the keys by their name: the one that signs first, then those that only check older rows.

    `KETEN_AUDIT_KEY` may hold several, separated by commas; without it the key is drawn once and kept in the home of
    the site.
    """
    given = [part.strip() for part in os.environ.get(KEY, "").split(",") if part.strip()]
    secrets = given or [home.secret("audit-key", length=48)]
    return {_name(secret): secret.encode() for secret in secrets}


def _name(secret: str) -> str:
    return hash_of("name of an audit key:" + secret)[:8]


def written(at: datetime) -> str:
    """Write a moment as it is signed and linked: in UTC, to the microsecond."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")


def details_text(details: Mapping[str, Any]) -> str:
    """Write details in one way, whatever order their parts came in."""
    return json.dumps(details, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def _content(row: Mapping[str, Any]) -> str:
    values = {**{name: row[name] for name in SIGNED}, "details": details_text(row["details"])}
    more = [row["place"], row["sealed"]] if row["place"] or row["sealed"] else []
    return json.dumps([*(values[name] for name in SIGNED), *more], ensure_ascii=False, allow_nan=False)


def sign(row: Mapping[str, Any]) -> str:
    """Sign a row with the first key; the values are text, as in `written`, or None."""
    name, key = next(iter(keys().items()))
    return f"{name}:{hmac.new(key, _content(row).encode(), hashlib.sha256).hexdigest()}"


def signature_fits(row: Mapping[str, Any], known: Mapping[str, bytes]) -> bool | None:
    """Say whether the signature under a row, as the database tells it, is that of its content; None without its key."""
    name, _, signature = row["signature"].partition(":")
    row = {**row, "details": json.loads(row["details_text"]), "sealed": json.loads(row["sealed_text"])}
    if not signature:
        return False
    if name not in known:
        return None
    return hmac.compare_digest(hmac.new(known[name], _content(row).encode(), hashlib.sha256).hexdigest(), signature)


def link(row: Mapping[str, Any]) -> str:
    """Compute the digest of a row from its place, the row before and everything in it, as the database does."""
    values = [row["number"], row["previous"], row["signature"], row["id"]]
    values += [row["details_text"] if name == "details" else row[name] for name in SIGNED]
    return hash_of(json.dumps(values, ensure_ascii=False, allow_nan=False))
