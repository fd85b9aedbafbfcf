from ppob.models.accounting import AccountCode, TaxRate
from ppob.models.agents import Agent, AgentDevice, AppRelease, Blacklist, Corporate
from ppob.models.api import ApiClient, ApiNonce
from ppob.models.billers import BalanceAlarm, Biller, BookBalance, Connection, Message, ReportedBalance
from ppob.models.content import Content, Merchant, PushMessage, Setting
from ppob.models.days import BillerDay, LedgerDay
from ppob.models.ledger import Account, Delta, Entry, Fold, Hold, Limit, LimitUsage, Transfer
from ppob.models.logins import Login
from ppob.models.papers import RunFile
from ppob.models.products import AgentPrice, Bill, BillerProduct, Product
from ppob.models.proofs import LedgerProof
from ppob.models.reconciliation import (
    DepositStatement,
    Difference,
    DifferenceNote,
    ReconciliationRun,
    SettlementFile,
    SettlementProfile,
)
from ppob.models.reports import PerformanceDay, SalesDay, SavedReport
from ppob.models.rewards import Achievement, Redemption, Reward
from ppob.models.sftp import SftpFile, SftpSource
from ppob.models.topups import BankLine, TopUp, VirtualAccount
from ppob.models.transactions import (
    AdviceRequest,
    PostingException,
    Transaction,
    TransactionEvent,
    TransactionKey,
)

__all__ = [
    "Account",
    "AccountCode",
    "Achievement",
    "AdviceRequest",
    "Agent",
    "AgentDevice",
    "AgentPrice",
    "ApiClient",
    "ApiNonce",
    "AppRelease",
    "BalanceAlarm",
    "BankLine",
    "Bill",
    "Biller",
    "BillerDay",
    "BillerProduct",
    "Blacklist",
    "BookBalance",
    "Connection",
    "Content",
    "Corporate",
    "Delta",
    "DepositStatement",
    "Difference",
    "DifferenceNote",
    "Entry",
    "Fold",
    "Hold",
    "LedgerDay",
    "LedgerProof",
    "Limit",
    "LimitUsage",
    "Login",
    "Merchant",
    "Message",
    "PerformanceDay",
    "PostingException",
    "Product",
    "PushMessage",
    "ReconciliationRun",
    "Redemption",
    "ReportedBalance",
    "Reward",
    "RunFile",
    "SalesDay",
    "SavedReport",
    "Setting",
    "SettlementFile",
    "SettlementProfile",
    "SftpFile",
    "SftpSource",
    "TaxRate",
    "TopUp",
    "Transaction",
    "TransactionEvent",
    "TransactionKey",
    "Transfer",
    "VirtualAccount",
]
