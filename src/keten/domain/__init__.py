# SPDX-License-Identifier: EUPL-1.2
"""Words only: what a case, a stage, a partner, a figure and an error are. Imports nothing of Keten."""
