# SPDX-License-Identifier: EUPL-1.2
"""The one way in which this site asks another: it never follows where that sends it, and does not wait for ever."""

from __future__ import annotations

import urllib.request
from typing import Any

SECONDS_TO_ANSWER = 10


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: object) -> None:
        return None


def opened(request: urllib.request.Request) -> Any:
    """Open an address, within some seconds.

    Raises
    ------
    urllib.error.HTTPError
        When it refuses, or sends us elsewhere.
    OSError, http.client.HTTPException
        When it does not answer.
    """
    return urllib.request.build_opener(_NoRedirect).open(request, timeout=SECONDS_TO_ANSWER)
