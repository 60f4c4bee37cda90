# SPDX-License-Identifier: EUPL-1.2
"""Charts as Vega-Lite specifications: one definition for the page, for PDF and for export.

Colours are names of design tokens (`--forecast`); the page puts in what the theme makes of them.
"""
