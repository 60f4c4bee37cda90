# SPDX-License-Identifier: EUPL-1.2
# Every command lives in tools/dev.py, so that it also works without make.
PYTHON ?= python3

.PHONY: help run test check coverage fix bench goldens docs letter lock
help run test check coverage fix bench goldens docs letter lock:
	@$(PYTHON) tools/dev.py $@
