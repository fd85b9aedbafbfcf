"""About thirty made-up servers with weeks of history; `portal`'s command `demo` loads them."""
