# SPDX-License-Identifier: EUPL-1.2
"""What tests and benchmarks lay beside the kernel: queues in continuous time, and the formulas of queueing theory."""
