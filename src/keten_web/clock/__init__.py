# SPDX-License-Identifier: EUPL-1.2
"""The statutory clock as a page: a case is asked about, answered and forgotten."""
