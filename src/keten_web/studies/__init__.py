# SPDX-License-Identifier: EUPL-1.2
"""The studies on disk: which there are, and the one that is asked for. They are read, never changed."""
