# SPDX-License-Identifier: EUPL-1.2
"""What a developer needs beside the product: one command for everything, and generated documents."""
