"""What a long-lived process has loaded when it starts serving."""

import gc

from django.urls import get_resolver


def settle() -> None:
    """Take what is loaded by now out of the garbage collector's rounds: it lives for as long as the process.

    Each full round would walk all of Django and our models again, a tenth of the time of a save of thousands of rows.
    Loads the pages first, which come with the first request otherwise. Call it once, when the start is over.
    """
    get_resolver().url_patterns  # noqa: B018  loads them
    gc.collect()
    gc.freeze()
