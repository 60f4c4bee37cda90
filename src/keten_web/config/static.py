# SPDX-License-Identifier: EUPL-1.2
"""Static files get the hash of their content in their name, so that browsers may keep them for ever."""

from __future__ import annotations

from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedFiles(CompressedManifestStaticFilesStorage):  # type: ignore[misc]  # it carries no types
    """Follow the addresses in style sheets only: vendored scripts name source maps that do not ship."""

    patterns = tuple(row for row in CompressedManifestStaticFilesStorage.patterns if row[0] == "*.css")
