# SPDX-License-Identifier: EUPL-1.2
"""`python -m keten` is the command line."""

from keten.cli import main

main()
