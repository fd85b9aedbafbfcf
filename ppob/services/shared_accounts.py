from django.db import OperationalError

from ppob import ledger
from ppob.models import Account, Delta


def fold_all() -> int:
    """Fold the deltas of every shared account, each in a transaction of its own; how many deltas.

    One whose lock is busy is left to the next tick: nobody waits for a fold. Two folders at once: the second finds
    nothing to do, or gives way.
    """
    folded = 0
    for account, through in (
        Account.objects.filter(is_shared=True).order_by("pk").values_list("pk", "folded_through")
    ):
        # Most have nothing new; asking costs no lock.
        if Delta.objects.filter(account=account, id__gt=through).exists():
            try:
                folded += ledger.fold(account)
            except OperationalError:
                continue
    return folded
