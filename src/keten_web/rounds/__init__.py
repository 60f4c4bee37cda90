# SPDX-License-Identifier: EUPL-1.2
"""The round of the month: figures come in, the future is worked out again, signals are raised, and it is reported."""
