# SPDX-License-Identifier: EUPL-1.2
"""The indicators: one file each. Every file in this folder is found and registered by itself."""
