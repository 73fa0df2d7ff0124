"""IT equipment and the tickets about it."""

import datetime as dt
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from exportsite.domains.helpdesk.lookups import (
    AssetModel,
    AssetStatus,
    Division,
    Location,
    Supplier,
    TicketPriority,
    TicketStatus,
    TicketType,
    WarrantyType,
)

if TYPE_CHECKING:
    CharField = models.CharField[Any, Any]
else:
    CharField = models.CharField

READY_TO_DEPLOY = 1
# Purchases outside of these are slips of the pen, and would carry warranties past year 9999.
FIRST_PURCHASE = dt.date(1950, 1, 1)
LAST_PURCHASE = dt.date(2199, 12, 31)
MOST_WARRANTY_MONTHS = 600


class CodeField(CharField):
    """A code people type: stored without outer blanks and in capitals; an empty one as NULL."""

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value)
        if text is None:
            return None
        return text.strip().upper() or (None if self.null else "")


class Asset(models.Model):
    asset_tag = CodeField(_("asset tag"), max_length=64, unique=True)
    name = models.CharField(_("name"), max_length=255, null=True, blank=True)  # noqa: DJ001
    qr_code = CodeField(_("QR code"), max_length=100, unique=True, null=True, blank=True)
    serial_number = CodeField(_("serial number"), max_length=50, unique=True, null=True, blank=True)
    model = models.ForeignKey(AssetModel, on_delete=models.PROTECT, verbose_name=_("model"))
    division = models.ForeignKey(Division, on_delete=models.PROTECT, verbose_name=_("division"))
    supplier = models.ForeignKey(Supplier, on_delete=models.PROTECT, verbose_name=_("supplier"))
    location = models.ForeignKey(
        Location, on_delete=models.PROTECT, null=True, blank=True, verbose_name=_("location")
    )
    status = models.ForeignKey(
        AssetStatus,
        on_delete=models.PROTECT,
        default=READY_TO_DEPLOY,
        db_index=False,  # the index of status and day serves it
        verbose_name=_("status"),
    )
    assigned_to = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="assets",
        verbose_name=_("assigned to"),
    )
    purchase_date = models.DateField(
        _("purchase date"),
        null=True,
        blank=True,
        validators=[MinValueValidator(FIRST_PURCHASE), MaxValueValidator(LAST_PURCHASE)],
    )
    warranty_months = models.PositiveSmallIntegerField(
        _("warranty (months)"),
        null=True,
        blank=True,
        validators=[MaxValueValidator(MOST_WARRANTY_MONTHS)],
    )
    warranty_type = models.ForeignKey(
        WarrantyType,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        verbose_name=_("warranty type"),
    )
    invoice_id = models.PositiveBigIntegerField(_("invoice number"), null=True, blank=True)
    purchase_order_id = models.PositiveBigIntegerField(
        _("purchase order number"), null=True, blank=True
    )
    ip_address = models.GenericIPAddressField(_("IP address"), null=True, blank=True)
    mac_address = CodeField(_("MAC address"), max_length=17, null=True, blank=True)
    notes = models.TextField(_("notes"), null=True, blank=True)  # noqa: DJ001
    created_at = models.DateTimeField(_("created at"), default=timezone.now)
    updated_at = models.DateTimeField(_("updated at"), default=timezone.now)

    class Meta:
        verbose_name = _("asset")
        verbose_name_plural = _("assets")
        indexes = (
            models.Index(fields=["created_at"], name="helpdesk_asset_created"),
            models.Index(fields=["status", "created_at"], name="helpdesk_asset_status"),
        )
        constraints = (
            models.CheckConstraint(
                condition=Q(purchase_date__range=(FIRST_PURCHASE, LAST_PURCHASE)),
                name="helpdesk_asset_purchase_plausible",
            ),
            models.CheckConstraint(
                condition=Q(warranty_months__lte=MOST_WARRANTY_MONTHS),
                name="helpdesk_asset_warranty_plausible",
            ),
        )

    def __str__(self) -> str:
        return str(self.asset_tag)


class Ticket(models.Model):
    class Assignment(models.TextChoices):
        AUTO = "auto", _("automatic")
        MANUAL = "manual", _("by a person")
        SUPER_ADMIN = "super_admin", _("by a super admin")

    ticket_code = CodeField(
        _("ticket code"), max_length=50, unique=True, help_text=_("TKT-YYYYMMDD-NNN")
    )
    subject = models.CharField(_("subject"), max_length=255)
    description = models.TextField(_("description"), blank=True)
    requester = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="requested_tickets",
        verbose_name=_("requester"),
    )
    location = models.ForeignKey(Location, on_delete=models.PROTECT, verbose_name=_("location"))
    asset = models.ForeignKey(
        Asset, on_delete=models.SET_NULL, null=True, blank=True, verbose_name=_("asset")
    )
    status = models.ForeignKey(
        TicketStatus, on_delete=models.PROTECT, db_index=False, verbose_name=_("status")
    )
    priority = models.ForeignKey(
        TicketPriority, on_delete=models.PROTECT, db_index=False, verbose_name=_("priority")
    )
    type = models.ForeignKey(
        TicketType, on_delete=models.PROTECT, db_index=False, verbose_name=_("type")
    )
    assigned_to = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        db_index=False,  # the index of assignee and day serves it
        related_name="assigned_tickets",
        verbose_name=_("assigned to"),
    )
    assigned_at = models.DateTimeField(_("assigned at"), null=True, blank=True)
    assignment_type = models.CharField(
        _("assignment"), max_length=12, choices=Assignment.choices, default=Assignment.AUTO
    )
    sla_due = models.DateTimeField(_("SLA due"), null=True, blank=True)
    first_response_at = models.DateTimeField(_("first response at"), null=True, blank=True)
    resolved_at = models.DateTimeField(_("resolved at"), null=True, blank=True)
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)
    created_at = models.DateTimeField(_("created at"), default=timezone.now)
    updated_at = models.DateTimeField(_("updated at"), default=timezone.now)

    class Meta:
        verbose_name = _("ticket")
        verbose_name_plural = _("tickets")
        indexes = (
            models.Index(fields=["created_at"], name="helpdesk_ticket_created"),
            models.Index(fields=["status", "created_at"], name="helpdesk_ticket_status"),
            models.Index(fields=["assigned_to", "created_at"], name="helpdesk_ticket_assignee"),
        )

    def __str__(self) -> str:
        return str(self.ticket_code)


def next_ticket_code(day: dt.date) -> str:
    """The first code of that day that is still free."""
    start = f"TKT-{day:%Y%m%d}-"
    codes = Ticket.objects.filter(ticket_code__startswith=start)
    tails = (code.removeprefix(start) for code in codes.values_list("ticket_code", flat=True))
    return f"{start}{max((int(tail) for tail in tails if tail.isdecimal()), default=0) + 1:03d}"
