class ServerError(Exception):
    """A server that cannot be had; the text is one line for whoever typed the command."""
