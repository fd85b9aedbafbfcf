"""What a person wants of a programme's stores, against what there is: the difference that is shown before it is saved.

The wish is relative to the page on which it was made. Where somebody saved meanwhile, what they did is kept, and only
what this person ticked or unticked is asked for.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from betaapp.models import BetaProgram
from betaapp.selectors.programs import changes_since, enrolled_ids
from betaapp.selectors.stores import codes_of, counted_by_branch, enrolled_at
from betaapp.services.trials import conflicts_of
from organization.models import Store


@dataclass
class Proposal:
    """Keys of stores that would join and leave; `conflicts` and `closed` are left out of them, and said."""

    program: BetaProgram
    added: set[int] = field(default_factory=set)
    removed: set[int] = field(default_factory=set)
    unknown: list[str] = field(default_factory=list)
    closed: list[str] = field(default_factory=list)
    conflicts: Mapping[str, str] = field(default_factory=dict)
    changes: list[Any] = field(default_factory=list)  # saves that the page did not know of

    @property
    def is_empty(self) -> bool:
        return not self.added and not self.removed

    def by_branch(self) -> list[dict[str, Any]]:
        return counted_by_branch(self.added, self.removed)

    def added_codes(self) -> list[str]:
        return codes_of(self.added)

    def removed_codes(self) -> list[str]:
        return codes_of(self.removed)


def propose(
    program: BetaProgram,
    *,
    wanted: Collection[int],
    among: Collection[int],
    revision: int,
    today: date,
    unknown: Collection[str] = (),
    closed: Collection[str] = (),
) -> Proposal:
    """The difference of a page of `revision` on which, among these stores, exactly the wanted ones were ticked."""
    shown, looked_at = enrolled_at(program, revision, today), set(among)
    ticked, unticked = set(wanted) & looked_at - shown, (looked_at - set(wanted)) & shown
    return settle(
        program,
        add=ticked,
        remove=unticked,
        revision=revision,
        today=today,
        unknown=unknown,
        closed=closed,
    )


def settle(
    program: BetaProgram,
    *,
    add: Collection[int],
    remove: Collection[int],
    revision: int,
    today: date,
    unknown: Collection[str] = (),
    closed: Collection[str] = (),
) -> Proposal:
    """What is left of a wish: nobody joins twice, and nobody joins against another programme."""
    now = enrolled_ids(program, today)
    proposal = Proposal(
        program,
        added=set(add) - now,
        removed=set(remove) & now,
        unknown=list(unknown),
        closed=list(closed),
        changes=changes_since(program, revision),
    )
    if proposal.added:
        proposal.conflicts = conflicts_of(program, today=today, stores=proposal.added)
        if proposal.conflicts:
            taken = Store.objects.filter(code__in=list(proposal.conflicts)).values_list("pk", flat=True)
            proposal.added -= set(taken)
    return proposal


def packed(stores: Collection[int]) -> str:
    """Keys as one field of a form: sixteen thousand fields are more than a request may have. 1-3,7"""
    parts: list[str] = []
    run: list[int] = []
    for key in sorted(stores):
        if run and key == run[-1] + 1:
            run.append(key)
            continue
        parts += _span(run)
        run = [key]
    return ",".join([*parts, *_span(run)])


def _span(run: list[int]) -> list[str]:
    return [] if not run else [str(run[0])] if len(run) == 1 else [f"{run[0]}-{run[-1]}"]


MOST = 50_000


def unpacked(text: str) -> set[int]:
    """The keys of `packed`. Raises ValueError for what no page of ours sends."""
    keys: set[int] = set()
    for part in text.split(",") if text else ():
        first, _dash, last = part.partition("-")
        if not all(one.isascii() and one.isdigit() and len(one) < 16 for one in (first, last or first)):
            raise ValueError(part[:40])
        low, high = int(first), int(last or first)
        if not low <= high < low + MOST or len(keys) > MOST:
            raise ValueError(part[:40])
        keys.update(range(low, high + 1))
    return keys
