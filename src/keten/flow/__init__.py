# SPDX-License-Identifier: EUPL-1.2
"""What happens to every case, day by day, when work meets capacity. Knows nothing of forecasts or files."""
