# SPDX-License-Identifier: EUPL-1.2
"""Who may log in, for which partner, in which role."""
