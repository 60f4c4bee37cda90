# SPDX-License-Identifier: EUPL-1.2
"""The pages that show: overview, chain map, stock, and the origin of every figure. Views are thin, `queries` reads."""
