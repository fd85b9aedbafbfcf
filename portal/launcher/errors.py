class LauncherError(Exception):
    """The portal cannot start; the text is one line for whoever typed the command."""
