"""Which function does what a kind of job asks for. Filled by modules that `core.apps` and each app's `jobs.py` import."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from core.jobs.exceptions import UnknownJobKind
from core.outbox.registry import TRIES

# Below the task's own hard limit (CELERY_TASK_TIME_LIMIT), so that a job that takes too long can say so.
LONGEST_S = 840
DEFAULT_LIMIT_S = 600


@dataclass(frozen=True)
class JobResult:
    """What a job that ended well says of itself: rows written or read, and a sentence for the person.

    `told` is called in the transaction in which the job ends: an entry of what it did stands in the trail exactly when
    that job is done, whenever its program is killed.
    """

    rows: int | None = None
    note: str = ""
    told: Callable[[], object] | None = None


Run = Callable[..., JobResult | None]
Permission = str | None | Callable[[dict[str, Any]], str | None]


@dataclass(frozen=True)
class JobKind:
    """See `job`."""

    name: str
    run: Run
    title: Any
    max_attempts: int
    time_limit_s: float
    permission: Permission
    one_each: bool
    link: Callable[[dict[str, Any]], str] | None = None

    def permission_for(self, params: dict[str, Any]) -> str | None:
        return self.permission(params) if callable(self.permission) else self.permission

    def is_allowed(self, person: Any, params: dict[str, Any]) -> bool:
        """Whether the person may ask for it, run it and have its file, as of now."""
        if not person.is_active:
            return False
        try:
            needed = self.permission_for(params)
        except (LookupError, TypeError, ValueError):
            # Asked for by an older version, of something that is gone: nobody can say who may have it.
            return False
        return needed is None or person.has_perm(needed)


_kinds: dict[str, JobKind] = {}


def job(
    kind: str,
    *,
    title: Any,
    max_attempts: int = TRIES,
    time_limit_s: float = DEFAULT_LIMIT_S,
    permission: Permission = None,
    one_each: bool = False,
    link: Callable[[dict[str, Any]], str] | None = None,
) -> Callable[[Run], Run]:
    """Register the decorated `run(ctx: JobContext, **params) -> JobResult | None` as what this kind of job does.

    It runs outside of a transaction and may be run again from the start, after a worker's death too: make it idempotent,
    or do what counts in one transaction at its end. It calls `ctx.progress` often (that costs nothing) and lets JobStopped
    pass. A GeraiError fails the job at once, with its text for the person; any other exception is tried again, up to
    `max_attempts` (three at most) a run.

    `permission`: what the person must hold to start it, while it runs and to download its file; a callable gets the
    params. `one_each`: a person has one of them under way at a time. `link`: from the params, the page that the work is about.
    """
    if not 1 <= max_attempts <= TRIES:
        raise ValueError(f"{kind}: {max_attempts} tries, and a message has {TRIES}")
    if not 0 < time_limit_s <= LONGEST_S:
        raise ValueError(f"{kind}: {time_limit_s} s, and a task has {LONGEST_S}")

    def register(run: Run) -> Run:
        known = _kinds.get(kind)
        if known is not None and known.run.__qualname__ != run.__qualname__:
            raise ValueError(f"Two functions for jobs of kind {kind}")
        _kinds[kind] = JobKind(kind, run, title, max_attempts, time_limit_s, permission, one_each, link)
        return run

    return register


def job_kind(kind: str) -> JobKind:
    """Raises UnknownJobKind."""
    try:
        return _kinds[kind]
    except KeyError:
        raise UnknownJobKind(kind) from None


def all_kinds() -> dict[str, JobKind]:
    return dict(_kinds)


def link_of(one: Any) -> str:
    """The page that this job is about, or "" where there is none."""
    known = _kinds.get(one.kind)
    try:
        return known.link(one.params) if known and known.link else ""
    except (LookupError, TypeError, ValueError):
        return ""  # asked for by an older version


def forget(kind: str) -> None:
    """For tests that register a function of their own."""
    _kinds.pop(kind, None)


def title_of(one: Any) -> str:
    """What a person calls this job: the title that it was given, else its kind's, in the reader's language."""
    known = _kinds.get(one.kind)
    return one.title or (str(known.title) if known else one.kind)
