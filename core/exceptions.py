class GeraiError(Exception):
    """Base of every rule that a service can refuse to break; its text is for the person who asked."""
