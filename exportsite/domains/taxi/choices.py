"""The values that fields choose from. Their names, too, are understood by filters."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class DriverStatus(models.TextChoices):
    REGISTERED = "Registered", _("Registered")
    ACTIVE = "Active", _("Active")
    SUSPENDED = "Suspended", _("Suspended")
    INACTIVE = "Inactive", _("Inactive")


class MedallionStatus(models.TextChoices):
    AVAILABLE = "Available", _("Available")
    ASSIGNED = "Assigned", _("Assigned")
    ACTIVE = "Active", _("Active")
    ARCHIVED = "Archived", _("Archived")


class LeaseType(models.TextChoices):
    DOV = "dov", _("driver-owned vehicle")
    LONG_TERM = "long-term", _("long term")
    SHIFT_LEASE = "shift-lease", _("shift lease")
    SHORT_TERM = "short-term", _("short term")
    MEDALLION_ONLY = "medallion-only", _("medallion only")


class LeaseStatus(models.TextChoices):
    IN_PROGRESS = "In Progress", _("In Progress")
    ACTIVE = "Active", _("Active")
    SUSPENDED = "Suspended", _("Suspended")
    TERMINATED = "Terminated", _("Terminated")
    EXPIRED = "Expired", _("Expired")
    CANCELLED = "Cancelled", _("Cancelled")
    TERMINATION_REQUESTED = "Termination Requested", _("Termination Requested")


class ImportStatus(models.TextChoices):
    PENDING = "PENDING", _("pending")
    PROCESSING = "PROCESSING", _("processing")
    COMPLETED = "COMPLETED", _("completed")
    FAILED = "FAILED", _("failed")


class LedgerStatus(models.TextChoices):
    """How far a toll or a summons got on its way into the ledger."""

    IMPORTED = "Imported", _("Imported")
    ASSOCIATION_PENDING = "Association Pending", _("Association Pending")
    ASSOCIATION_FAILED = "Association Failed", _("Association Failed")
    ASSOCIATED = "Associated", _("Associated")
    POSTING_PENDING = "Posting Pending", _("Posting Pending")
    POSTING_FAILED = "Posting Failed", _("Posting Failed")
    POSTED_TO_LEDGER = "Posted to Ledger", _("Posted to Ledger")


class Source(models.TextChoices):
    CSV_IMPORT = "CSV_IMPORT", _("file")
    MANUAL_ENTRY = "MANUAL_ENTRY", _("by hand")


class Disposition(models.TextChoices):
    PAID = "Paid", _("Paid")
    REDUCED = "Reduced", _("Reduced")
    DISMISSED = "Dismissed", _("Dismissed")


class TripStatus(models.TextChoices):
    IMPORTED = "IMPORTED", _("imported")
    POSTED_TO_LEDGER = "POSTED_TO_LEDGER", _("posted to the ledger")


class PaymentType(models.TextChoices):
    CASH = "CASH", _("cash")
    CREDIT_CARD = "CREDIT_CARD", _("credit card")
    PRIVATE_CARD = "PRIVATE_CARD", _("private card")
    UNKNOWN = "UNKNOWN", _("unknown")


class Category(models.TextChoices):
    LEASE = "Lease", _("Lease")
    REPAIR = "Repair", _("Repair")
    LOAN = "Loan", _("Loan")
    EZPASS = "EZPass", _("E-ZPass")
    PVB = "PVB", _("PVB")
    TLC = "TLC", _("TLC")
    TAXES = "Taxes", _("Taxes")
    MISCELLANEOUS_EXPENSE = "MISCELLANEOUS_EXPENSE", _("Miscellaneous expense")
    MISCELLANEOUS_CREDIT = "MISCELLANEOUS_CREDIT", _("Miscellaneous credit")
    EARNINGS = "Earnings", _("Earnings")
    INTERIM_PAYMENT = "Interim Payment", _("Interim payment")
    DEPOSIT = "Deposit", _("Deposit")
    CANCELLATION_FEE = "Cancellation Fee", _("Cancellation fee")


class EntryType(models.TextChoices):
    DEBIT = "DEBIT", _("debit")
    CREDIT = "CREDIT", _("credit")


class PostingStatus(models.TextChoices):
    POSTED = "POSTED", _("posted")
    VOIDED = "VOIDED", _("voided")


class BalanceStatus(models.TextChoices):
    OPEN = "OPEN", _("open")
    CLOSED = "CLOSED", _("closed")
