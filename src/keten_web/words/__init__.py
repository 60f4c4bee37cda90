# SPDX-License-Identifier: EUPL-1.2
"""How things are called, written and read on a page; every room above may use it."""
