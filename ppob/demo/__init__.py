"""The back office's master data of the demo; `portal`'s command `demo` loads it."""
