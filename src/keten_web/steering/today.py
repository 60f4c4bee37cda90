# SPDX-License-Identifier: EUPL-1.2
"""The day the record speaks of, as the rooms above know it."""

from keten_web.record.today import today

__all__ = ["today"]
