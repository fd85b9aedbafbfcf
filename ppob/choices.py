from django.db.models import IntegerChoices, TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

# Whole Rupiah, and what one posting may move at most (10^15).
LARGEST = 10**15


class Asset(TextChoices):
    """Each sums to zero by itself."""

    IDR = "IDR", _("Rupiah")
    POINTS = "PTS", _("Points")


class AccountKind(TextChoices):
    """What an account stands for. The first three are an agent's, the next two a biller's, the rest ours."""

    AGENT = "agent", _("Agent's balance")
    AGENT_RECEIVABLE = "receivable", _("Agent's receivable")
    AGENT_POINTS = "points", _("Agent's points")
    BILLER_DEPOSIT = "deposit", _("Deposit at biller")
    BILLER_PAYABLE = "payable", _("Payable to biller")
    BANK = "bank", _("Bank")
    INCOME = "income", _("Income")
    CLEARING = "clearing", _("Sales clearing")
    ADJUSTMENT = "adjustment", _("Adjustments")
    POINTS_ISSUED = "issued", _("Points issued")


# Debit-normal accounts: what we own, are owed or have spent.
DEBIT_NORMAL = frozenset(
    {
        AccountKind.AGENT_RECEIVABLE,
        AccountKind.BILLER_DEPOSIT,
        AccountKind.BANK,
        AccountKind.POINTS_ISSUED,
        AccountKind.CLEARING,
    }
)
# Accounts that everybody touches take deltas, which a job folds.
SHARED = frozenset(
    {
        AccountKind.BILLER_DEPOSIT,
        AccountKind.BILLER_PAYABLE,
        AccountKind.BANK,
        AccountKind.INCOME,
        AccountKind.CLEARING,
        AccountKind.ADJUSTMENT,
        AccountKind.POINTS_ISSUED,
    }
)


class TransferKind(TextChoices):
    SALE = "sale", _("Sale")
    REVERSAL = "reversal", _("Reversal")
    TOPUP = "topup", _("Top-up")
    CHARGE = "charge", _("Charge")
    GIVE_BACK = "give_back", _("Given back")
    POINTS_IN = "points_in", _("Points received")
    POINTS_OUT = "points_out", _("Points taken")
    DEPOSIT_TOPUP = "deposit_topup", _("Deposit topped up")
    DEPOSIT_TAKEN = "deposit_taken", _("Deposit used")
    DEPOSIT_BACK = "deposit_back", _("Deposit given back")
    ADJUSTMENT = "adjustment", _("Adjustment")
    MOVE = "move", _("Transfer")


class HoldState(TextChoices):
    OPEN = "open", pgettext_lazy("hold", "Held")
    CAPTURED = "captured", pgettext_lazy("hold", "Captured")
    RELEASED = "released", pgettext_lazy("hold", "Released")
    EXPIRED = "expired", pgettext_lazy("hold", "Expired")


class LimitKind(TextChoices):
    ITEM = "item", _("One sale")
    DAY = "day", _("A day")
    MONTH = "month", _("A month")


class TransactionState(TextChoices):
    """Forward only: pending → suspect → success or failed; success → reversed."""

    PENDING = "pending", _("Pending")
    SUSPECT = "suspect", _("Suspect")
    SUCCESS = "success", pgettext_lazy("transaction", "Successful")
    FAILED = "failed", pgettext_lazy("transaction", "Failed")
    REVERSED = "reversed", _("Reversed")


class ExceptionReason(TextChoices):
    """Why a sale that the core had made already could not be taken from the agent's balance."""

    FLOOR = "floor", _("Balance too low")
    ITEM_LIMIT = "item", _("Over the limit of one sale")
    DAY_LIMIT = "day", _("Over the day's limit")
    MONTH_LIMIT = "month", _("Over the month's limit")
    UNHELD = "unheld", _("Suspect without a hold")
    LATE = "late", _("Came after the day was signed")


class AgentStatus(TextChoices):
    REGISTERED = "registered", pgettext_lazy("agent", "Registered")
    ACTIVE = "active", pgettext_lazy("agent", "Active")
    BLOCKED = "blocked", pgettext_lazy("agent", "Blocked")
    CLOSED = "closed", pgettext_lazy("agent", "Closed")


class Verification(TextChoices):
    NONE = "none", pgettext_lazy("verification", "Not asked for")
    SUBMITTED = "submitted", pgettext_lazy("verification", "Submitted")
    VERIFIED = "verified", pgettext_lazy("verification", "Verified")
    REJECTED = "rejected", pgettext_lazy("verification", "Refused")


class AgentLevel(IntegerChoices):
    """The original's level of an agent: what prices and limits go by."""

    BASIC = 1, pgettext_lazy("agent level", "Basic")
    SILVER = 2, pgettext_lazy("agent level", "Silver")
    GOLD = 3, pgettext_lazy("agent level", "Gold")


class ProductKind(TextChoices):
    CREDIT = "credit", _("Phone credit")
    DATA = "data", _("Data package")
    PLN_TOKEN = "pln_token", _("PLN token")
    PLN_BILL = "pln_bill", _("PLN bill")
    WATER = "water", _("PDAM water")
    GAME = "game", _("Game voucher")
    INSURANCE = "insurance", _("BPJS")
    OTHER = "other", _("Other")


class Settlement(TextChoices):
    PREFUNDED = "prefunded", _("Prefunded (deposit)")
    TRANSFER = "transfer", _("Settled by transfer")


class ConnectionStatus(TextChoices):
    UP = "up", pgettext_lazy("connection", "Connected")
    DOWN = "down", pgettext_lazy("connection", "Disconnected")
    OFF = "off", pgettext_lazy("connection", "Switched off")


class MessageDirection(TextChoices):
    OUT = "out", _("To the biller")
    IN = "in", _("From the biller")


class MessageState(TextChoices):
    PENDING = "pending", pgettext_lazy("message", "Waiting for an answer")
    ANSWERED = "answered", pgettext_lazy("message", "Answered")
    TIMED_OUT = "timed_out", pgettext_lazy("message", "Timed out")


class TopUpState(TextChoices):
    WAITING = "waiting", pgettext_lazy("top-up", "Waiting for the bank")
    MATCHED = "matched", pgettext_lazy("top-up", "Matched with the bank")
    POSTED = "posted", pgettext_lazy("top-up", "Posted")
    CANCELLED = "cancelled", pgettext_lazy("top-up", "Cancelled")


class AlarmKind(TextChoices):
    """What people are told of a biller's balance."""

    LOW = "low", _("Balance is low")
    DIFFERENCE = "difference", _("Figures differ")


class RedemptionState(TextChoices):
    ASKED = "asked", pgettext_lazy("redemption", "Asked for")
    APPROVED = "approved", pgettext_lazy("redemption", "Approved")
    REFUSED = "refused", pgettext_lazy("redemption", "Refused")
    HANDED_OVER = "handed_over", pgettext_lazy("redemption", "Handed over")


class ContentKind(TextChoices):
    BANNER = "banner", _("Banner")
    VERSE = "verse", _("Verse")


class Frequency(TextChoices):
    NEVER = "never", _("Only when asked")
    DAILY = "daily", _("Each day")
    WEEKLY = "weekly", _("Each week")
    MONTHLY = "monthly", _("Each month")


class ReportFormat(TextChoices):
    CSV = "csv", "CSV"
    XLSX = "xlsx", "Excel"
    PDF = "pdf", "PDF"


class LoginState(TextChoices):
    """What a login of the back office is on a day; stored nowhere."""

    OPEN = "open", pgettext_lazy("login", "Active")
    SHUT = "shut", pgettext_lazy("login", "Account shut")
    COMING = "coming", pgettext_lazy("login", "Begins later")
    ENDED = "ended", pgettext_lazy("login", "Ended")


class FileForm(TextChoices):
    """Each is a folder of `ppob.reconciliation.formats`."""

    CSV = "csv", "CSV"
    DELIMITED = "delimited", _("Text with separators")
    FIXED = "fixed", _("Fixed width")
    XLSX = "xlsx", "Excel"
    ZIP = "zip", "ZIP"


class NumberForm(TextChoices):
    """How a file writes whole Rupiah. What is not written so is refused, never guessed."""

    PLAIN = "plain", "50000"
    PADDED = "padded", "000050000"
    CENTS = "cents", "000005000000"
    DOTS = "dots", "50.000,00"
    COMMAS = "commas", "50,000.00"


class AmountMeaning(TextChoices):
    GROSS = "gross", _("Bill, fine and the biller's fee")
    NET = "net", _("After the biller's commission")
    TOTAL = "total", _("All that the customer pays")
    BILL = "bill", _("The bill alone")


class LineRule(TextChoices):
    ONE = "one", _("One line a sale")
    MANY_LINES = "many_lines", _("Several lines a sale")
    MANY_SALES = "many_sales", _("Several sales a line")


class FileSource(TextChoices):
    UPLOAD = "upload", pgettext_lazy("settlement file", "Uploaded")
    FOLDER = "folder", pgettext_lazy("settlement file", "Watched folder")
    SFTP = "sftp", "SFTP"
    COMMAND = "command", pgettext_lazy("settlement file", "Command line")
    DEMO = "demo", pgettext_lazy("settlement file", "Demo")


class DifferenceKind(TextChoices):
    AMOUNT = "amount", _("Amount differs")
    STATUS = "status", _("Status differs")
    MISSING_AT_BILLER = "missing_at_biller", _("Missing at the biller")
    MISSING_HERE = "missing_here", _("Missing here")
    DUPLICATE_AT_BILLER = "duplicate_at_biller", _("Twice at the biller")
    DUPLICATE_HERE = "duplicate_here", _("Twice here")
    CARRIED_OVER = "carried_over", _("Carried over")
    BAD_LINE = "bad_line", _("Bad line")


class DifferenceState(TextChoices):
    OPEN = "open", pgettext_lazy("difference", "Open")
    CARRIED = "carried", pgettext_lazy("difference", "Carried to the next day")
    EXPLAINED = "explained", pgettext_lazy("difference", "Explained")
    ADJUSTED = "adjusted", pgettext_lazy("difference", "Adjusted")
    DISPUTED = "disputed", pgettext_lazy("difference", "Disputed with the biller")
    CLOSED = "closed", pgettext_lazy("difference", "Closed")


class DayState(TextChoices):
    """What a biller's business day waits for; stored nowhere."""

    NO_FILE = "no_file", pgettext_lazy("biller's day", "File missing")
    NOT_COMPARED = "not_compared", pgettext_lazy("biller's day", "Not compared yet")
    DIFFERENT = "different", pgettext_lazy("biller's day", "Differences to settle")
    UNEXPLAINED = "unexplained", pgettext_lazy("biller's day", "Deposit unexplained")
    CLEAN = "clean", pgettext_lazy("biller's day", "Ready to sign")
    PREPARED = "prepared", pgettext_lazy("biller's day", "Waits for the second signature")
    SIGNED = "signed", pgettext_lazy("biller's day", "Signed")
    QUIET = "quiet", pgettext_lazy("biller's day", "Nothing sold")


# Who told: of a sale's state, and of what stands at a biller. A word that is new is shown as it is.
SOURCES = {
    "api": pgettext_lazy("source", "Core server"),
    "file": pgettext_lazy("source", "Settlement file"),
    "opening": pgettext_lazy("source", "Settlement file, opening"),
    "person": pgettext_lazy("source", "Typed in"),
    "reconciliation": pgettext_lazy("source", "Reconciliation"),
    "simulation": pgettext_lazy("source", "Simulation"),
}
