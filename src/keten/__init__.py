# SPDX-License-Identifier: EUPL-1.2
"""Keten: the steering of a migration chain as a library and a command line."""

__version__ = "0.1.0"
