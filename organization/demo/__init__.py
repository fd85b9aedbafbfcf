"""A retail chain of made-up people in real towns; `portal`'s command `demo` loads it."""
