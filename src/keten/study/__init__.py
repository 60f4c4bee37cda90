# SPDX-License-Identifier: EUPL-1.2
"""One run from scenario to receipt: parameters and observations, arrivals, flow, indicators, and files that verify."""
