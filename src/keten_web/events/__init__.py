# SPDX-License-Identifier: EUPL-1.2
"""What happened, told to other systems: CloudEvents by the Dutch government profile, from an outbox."""
