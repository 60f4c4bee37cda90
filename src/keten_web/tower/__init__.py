# SPDX-License-Identifier: EUPL-1.2
"""The control tower: how the chain stands, what binds it, and what a choice would do everywhere."""
