from betaapp import notices
from core.outbox import Message, handler

TELL_STORES = "betaapp.tell_stores"


@handler(TELL_STORES)
def tell_stores(message: Message) -> None:
    """A programme has started, or stores have joined it: their people are told."""
    notices.tell_the_stores(message.payload["program"])
