"""A run's result as files in a folder: the same papers that a page offers."""

from pathlib import Path

from ppob.models import ReconciliationRun
from ppob.reconciliation.papers.kinds import PAPERS, facts_of, one_moment

FORMS = ("csv", "xlsx", "pdf")


def export_run(run: ReconciliationRun, folder: Path) -> dict[str, str]:
    """Write them; the paths by form. Raises NotTheNewestRun."""
    folder.mkdir(parents=True, exist_ok=True)
    told = {}
    with one_moment():
        facts = facts_of(run)
        for form in FORMS:
            path = folder / f"{facts.stem}.{form}"
            with path.open("w+b") as target:
                PAPERS[form].write(facts, target, "Gerai", False)
            told[form] = str(path)
    return told
