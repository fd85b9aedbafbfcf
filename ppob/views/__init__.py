"""The portal's pages of the back office, by noun."""

from ppob.views.agents import (
    AgentAddView,
    AgentChangeView,
    AgentDeleteView,
    AgentDetailView,
    AgentListView,
)
from ppob.views.balances import BillerBalanceListView, BillerBalanceView, BillerFigureView
from ppob.views.bank_imports import BankImportRunView, BankImportTemplateView, BankImportView
from ppob.views.connections import (
    ConnectionAddView,
    ConnectionChangeView,
    ConnectionDeleteView,
    ConnectionDetailView,
    ConnectionListView,
)
from ppob.views.days import LedgerDayListView, LedgerProveView
from ppob.views.differences import (
    DifferenceApproveView,
    DifferenceAssignView,
    DifferenceCloseView,
    DifferenceConfirmView,
    DifferenceDisputeView,
    DifferenceExplainView,
    DifferenceListView,
    DifferenceNoteView,
    DifferenceProposeView,
    DifferenceView,
    DifferenceWithdrawView,
)
from ppob.views.journal import CommissionsView, JournalView
from ppob.views.logins import LoginAddView, LoginChangeView, LoginDeleteView, LoginDetailView, LoginListView
from ppob.views.performance import PerformanceListView, RecapListView
from ppob.views.products import (
    ProductAddView,
    ProductChangeView,
    ProductDeleteView,
    ProductDetailView,
    ProductListView,
)
from ppob.views.reconciliation import ReconciliationBoardView, ReconciliationSignCleanView
from ppob.views.reconciliation_day import (
    ReconciliationAssignView,
    ReconciliationDayView,
    ReconciliationExplainView,
    ReconciliationHistoryView,
    ReconciliationPrepareView,
    ReconciliationSignView,
)
from ppob.views.reconciliation_papers import RunKeptView, RunPapersView, RunPaperView
from ppob.views.redemptions import (
    RedemptionAddView,
    RedemptionApproveView,
    RedemptionHandOverView,
    RedemptionListView,
    RedemptionRefuseView,
)
from ppob.views.reports import (
    ReportAddView,
    ReportChangeView,
    ReportDeleteView,
    ReportListView,
    ReportRunView,
)
from ppob.views.settlement_files import ReconciliationRunView, ReconciliationUploadView, SettlementFileView
from ppob.views.settlement_profiles import (
    SettlementProfileListView,
    SettlementProfilePreviewView,
    SettlementProfileView,
)
from ppob.views.statements import StatementListView, StatementView
from ppob.views.suspects import ExceptionCloseView, ExceptionListView, SuspectAskView, SuspectListView
from ppob.views.topups import (
    BankLineListView,
    TopUpAddView,
    TopUpCancelView,
    TopUpListView,
    TopUpMatchView,
    TopUpPostMatchedView,
    TopUpPostView,
    TopUpReleaseView,
    TopUpView,
)
from ppob.views.transactions import (
    TransactionDetailView,
    TransactionListView,
    TransactionNewsView,
    TransactionTotalsView,
)

__all__ = [
    "AgentAddView",
    "AgentChangeView",
    "AgentDeleteView",
    "AgentDetailView",
    "AgentListView",
    "BankImportRunView",
    "BankImportTemplateView",
    "BankImportView",
    "BankLineListView",
    "BillerBalanceListView",
    "BillerBalanceView",
    "BillerFigureView",
    "CommissionsView",
    "ConnectionAddView",
    "ConnectionChangeView",
    "ConnectionDeleteView",
    "ConnectionDetailView",
    "ConnectionListView",
    "DifferenceApproveView",
    "DifferenceAssignView",
    "DifferenceCloseView",
    "DifferenceConfirmView",
    "DifferenceDisputeView",
    "DifferenceExplainView",
    "DifferenceListView",
    "DifferenceNoteView",
    "DifferenceProposeView",
    "DifferenceView",
    "DifferenceWithdrawView",
    "ExceptionCloseView",
    "ExceptionListView",
    "JournalView",
    "LedgerDayListView",
    "LedgerProveView",
    "LoginAddView",
    "LoginChangeView",
    "LoginDeleteView",
    "LoginDetailView",
    "LoginListView",
    "PerformanceListView",
    "ProductAddView",
    "ProductChangeView",
    "ProductDeleteView",
    "ProductDetailView",
    "ProductListView",
    "RecapListView",
    "ReconciliationAssignView",
    "ReconciliationBoardView",
    "ReconciliationDayView",
    "ReconciliationExplainView",
    "ReconciliationHistoryView",
    "ReconciliationPrepareView",
    "ReconciliationRunView",
    "ReconciliationSignCleanView",
    "ReconciliationSignView",
    "ReconciliationUploadView",
    "RedemptionAddView",
    "RedemptionApproveView",
    "RedemptionHandOverView",
    "RedemptionListView",
    "RedemptionRefuseView",
    "ReportAddView",
    "ReportChangeView",
    "ReportDeleteView",
    "ReportListView",
    "ReportRunView",
    "RunKeptView",
    "RunPaperView",
    "RunPapersView",
    "SettlementFileView",
    "SettlementProfileListView",
    "SettlementProfilePreviewView",
    "SettlementProfileView",
    "StatementListView",
    "StatementView",
    "SuspectAskView",
    "SuspectListView",
    "TopUpAddView",
    "TopUpCancelView",
    "TopUpListView",
    "TopUpMatchView",
    "TopUpPostMatchedView",
    "TopUpPostView",
    "TopUpReleaseView",
    "TopUpView",
    "TransactionDetailView",
    "TransactionListView",
    "TransactionNewsView",
    "TransactionTotalsView",
]
