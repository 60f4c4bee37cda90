# SPDX-License-Identifier: EUPL-1.2
"""Who did what, when, from where, with which result. Rows are added, never changed."""
