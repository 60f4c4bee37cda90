# SPDX-License-Identifier: EUPL-1.2
"""Settings, addresses, the database and the server."""
