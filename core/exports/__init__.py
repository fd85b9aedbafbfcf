"""Exports of lists: CSV, XLSX and PDF of what is filtered and in scope, in which no text becomes a formula.

    STORES = ExportSpec(name="organization.store", title=_("Stores"), permission="organization.export_store",
                        columns=store_columns)

    class StoreListView(ExportableListView):        # instead of KeysetListView
        export = STORES

Up to 10,000 rows (PDF: 1,000) come at once, more by a job; each export leaves an entry in the audit trail.
"""

from core.exports.columns import Column
from core.exports.spec import ExportSpec
from core.exports.views import ExportableListView

__all__ = ["Column", "ExportSpec", "ExportableListView"]
