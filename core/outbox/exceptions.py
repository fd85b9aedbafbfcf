from core.exceptions import GeraiError


class NotInTransaction(GeraiError):
    """A message outside the transaction of its change could be there without the change, or the other way round."""


class UnknownKind(GeraiError):
    """No handler is registered for this kind."""


class GiveUp(GeraiError):
    """Raised by a handler for which another try makes no sense, or could do the thing twice: dead at once."""
