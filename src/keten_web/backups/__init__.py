# SPDX-License-Identifier: EUPL-1.2
"""The whole database in one file, and back."""
