"""What drivers owe and are owed. Postings are never changed: a void adds an opposite one."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from exportsite.domains.taxi.choices import BalanceStatus, Category, EntryType, PostingStatus
from exportsite.domains.taxi.fields import Tracked, money, one_of, optional_text
from exportsite.domains.taxi.references import Matched


class LedgerRow(Tracked, Matched):
    id = models.UUIDField(_("ID"), primary_key=True, default=uuid.uuid4, editable=False)
    category = models.CharField(_("category"), max_length=30, choices=Category.choices)
    # Kept as they were, whatever becomes of the vehicle.
    vin = optional_text(_("VIN"), 64)
    plate = optional_text(_("plate"))

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return str(self.pk)


class LedgerPosting(LedgerRow):
    amount = money(_("amount"), signed=True, help_text=_("A debit is above 0, a credit is below."))
    entry_type = models.CharField(_("entry"), max_length=10, choices=EntryType.choices)
    status = models.CharField(
        _("status"), max_length=10, choices=PostingStatus.choices, default=PostingStatus.POSTED
    )
    reference_id = models.CharField(_("reference"), max_length=255)
    reversal_for = models.OneToOneField(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="reversal",
        verbose_name=_("reversal of"),
    )
    payment_source = optional_text(_("payment source"), 50)
    payment_method = optional_text(_("payment method"), 20)
    description = optional_text(_("description"))

    class Meta:
        verbose_name = _("ledger posting")
        verbose_name_plural = _("ledger postings")
        indexes = (models.Index(fields=["-created_on", "id"], name="taxi_posting_newest"),)
        constraints = (
            one_of("taxi_posting", "category", Category),
            one_of("taxi_posting", "entry_type", EntryType),
            one_of("taxi_posting", "status", PostingStatus),
            models.CheckConstraint(
                condition=Q(entry_type="DEBIT", amount__gte=0)
                | Q(entry_type="CREDIT", amount__lte=0),
                name="taxi_posting_amount_sign",
            ),
        )


class LedgerBalance(LedgerRow):
    """One obligation: original amount + prior balance + later debits - credits is what is left."""

    reference_id = models.CharField(_("reference"), max_length=255)
    original_amount = money(_("original amount"), signed=True)
    prior_balance = money(_("prior balance"), signed=True, default=0)
    balance = money(_("balance"), signed=True)
    status = models.CharField(
        _("status"), max_length=10, choices=BalanceStatus.choices, default=BalanceStatus.OPEN
    )
    applied_payment_refs = models.JSONField(
        _("applied payments"), default=list, blank=True, help_text=_("IDs of the postings.")
    )

    class Meta:
        verbose_name = _("ledger balance")
        verbose_name_plural = _("ledger balances")
        indexes = (
            models.Index(fields=["-created_on", "id"], name="taxi_balance_newest"),
            models.Index(fields=["category", "reference_id"], name="taxi_balance_reference"),
        )
        constraints = (
            one_of("taxi_balance", "category", Category),
            one_of("taxi_balance", "status", BalanceStatus),
            models.UniqueConstraint(
                fields=["category", "reference_id"],
                condition=Q(category__in=("EZPass", "PVB")),
                name="taxi_balance_one_per_charge",
            ),
            models.CheckConstraint(
                condition=Q(status="CLOSED", balance=0) | (Q(status="OPEN") & ~Q(balance=0)),
                name="taxi_balance_closed_at_zero",
            ),
        )
