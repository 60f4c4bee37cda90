# SPDX-License-Identifier: EUPL-1.2
"""Questions that compare runs: differ, explain, seek, weigh, look back, promise and price."""
