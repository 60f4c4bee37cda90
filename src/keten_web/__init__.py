# SPDX-License-Identifier: EUPL-1.2
"""The site around the core: log-in, dashboard, chain map. It shows what studies wrote; it decides nothing itself."""
