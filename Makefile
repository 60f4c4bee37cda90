# Every command lives in tools/dev.py, so that it also works without make.
.PHONY: run test check fix bench docs lock help
help run test check fix bench docs lock:
	@python3 tools/dev.py $@
