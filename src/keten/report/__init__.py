# SPDX-License-Identifier: EUPL-1.2
"""The chain in words and pictures, for people who read and do not compute."""
