# SPDX-License-Identifier: EUPL-1.2
"""The whole site put together: every address, and the API from what the rooms offer to machines."""
