# SPDX-License-Identifier: EUPL-1.2
"""What can be chosen, how it is read and told, and what it makes of the chain."""
