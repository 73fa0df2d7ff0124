"""Offers and requests found on classified-ad sites."""

from django.core.validators import MaxValueValidator, MinValueValidator, URLValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from exportsite.domains.leads.lookups import (
    Category,
    EmailSource,
    Location,
    Source,
    Status,
    check_employment,
    check_list,
)

# What is beyond is a slip; this also keeps NaN and infinities out, which compare as more.
HIGHEST_PRICE = 1e12


class Lead(models.Model):
    craigslist_id = models.CharField(
        _("Craigslist ID"),
        max_length=50,
        unique=True,
        help_text=_("The post's number; with the name of another source in front."),
    )
    url = models.TextField(_("address"), validators=[URLValidator()])
    title = models.TextField(_("title"))
    description = models.TextField(_("description"), null=True, blank=True)  # noqa: DJ001
    body_html = models.TextField(_("page"), null=True, blank=True)  # noqa: DJ001
    price = models.FloatField(_("price"), null=True, blank=True, validators=[MinValueValidator(0)])
    compensation = models.CharField(  # noqa: DJ001
        _("compensation"), max_length=255, null=True, blank=True
    )
    employment_type = models.JSONField(
        _("employment"), null=True, blank=True, validators=[check_employment]
    )
    is_remote = models.BooleanField(_("remote"), default=False)
    is_internship = models.BooleanField(_("internship"), default=False)
    is_nonprofit = models.BooleanField(_("non-profit"), default=False)

    location = models.ForeignKey(
        Location,
        on_delete=models.PROTECT,
        db_index=False,  # the index of location and time serves it
        related_name="leads",
        verbose_name=_("location"),
    )
    neighborhood = models.CharField(  # noqa: DJ001
        _("neighborhood"), max_length=255, null=True, blank=True
    )
    latitude = models.FloatField(_("latitude"), null=True, blank=True)
    longitude = models.FloatField(_("longitude"), null=True, blank=True)

    # Contact information: only in exports of those who may have it
    email = models.CharField(_("e-mail"), max_length=255, null=True, blank=True)  # noqa: DJ001
    phone = models.CharField(_("phone"), max_length=50, null=True, blank=True)  # noqa: DJ001
    contact_name = models.CharField(  # noqa: DJ001
        _("contact name"), max_length=255, null=True, blank=True
    )
    reply_email = models.CharField(  # noqa: DJ001
        _("reply e-mail"), max_length=255, null=True, blank=True
    )
    reply_phone = models.CharField(  # noqa: DJ001
        _("reply phone"), max_length=50, null=True, blank=True
    )
    reply_contact_name = models.CharField(  # noqa: DJ001
        _("reply contact name"), max_length=255, null=True, blank=True
    )
    email_source = models.CharField(  # noqa: DJ001
        _("source of the e-mail"),
        max_length=50,
        choices=EmailSource.choices,
        null=True,
        blank=True,
    )

    image_urls = models.JSONField(_("images"), null=True, blank=True, validators=[check_list])
    attributes = models.JSONField(_("attributes"), null=True, blank=True)
    source = models.CharField(
        _("source"), max_length=50, choices=Source.choices, default=Source.CRAIGSLIST
    )
    category = models.CharField(  # noqa: DJ001
        _("category"), max_length=100, choices=Category.choices, null=True, blank=True
    )
    subcategory = models.CharField(  # noqa: DJ001
        _("subcategory"), max_length=100, null=True, blank=True
    )

    status = models.CharField(
        _("status"), max_length=50, choices=Status.choices, default=Status.NEW
    )
    is_processed = models.BooleanField(_("processed"), default=False)
    is_contacted = models.BooleanField(_("contacted"), default=False)
    has_been_qualified = models.BooleanField(_("looked at for qualification"), default=False)
    qualification_score = models.FloatField(
        _("qualification score"),
        null=True,
        blank=True,
        validators=[MinValueValidator(0), MaxValueValidator(1)],
        help_text=_("From 0 to 1."),
    )
    qualification_reasoning = models.TextField(  # noqa: DJ001
        _("reasons of the qualification"), null=True, blank=True
    )
    qualified_at = models.DateTimeField(_("qualified at"), null=True, blank=True)
    generated_responses = models.JSONField(_("drafted answers"), null=True, blank=True)
    response_method = models.CharField(  # noqa: DJ001
        _("way of the answer"), max_length=50, null=True, blank=True
    )
    response_sent_at = models.DateTimeField(_("answered at"), null=True, blank=True)
    ai_analysis = models.TextField(_("AI analysis"), null=True, blank=True)  # noqa: DJ001
    ai_model = models.CharField(  # noqa: DJ001
        _("AI model"), max_length=100, null=True, blank=True
    )
    ai_cost = models.FloatField(_("AI cost"), null=True, blank=True)
    ai_request_id = models.BigIntegerField(_("AI request"), null=True, blank=True)

    posted_at = models.DateTimeField(_("posted at"), null=True, blank=True)
    scraped_at = models.DateTimeField(_("scraped at"), default=timezone.now)
    created_at = models.DateTimeField(_("created at"), default=timezone.now)
    updated_at = models.DateTimeField(_("updated at"), default=timezone.now)

    class Meta:
        verbose_name = _("lead")
        verbose_name_plural = _("leads")
        indexes = (
            # The usual order of lists and files, tie-break included
            models.Index(fields=["-scraped_at", "id"], name="leads_by_scraped"),
            models.Index(fields=["status", "scraped_at"], name="leads_by_status"),
            models.Index(fields=["location", "scraped_at"], name="leads_by_location"),
            models.Index(fields=["category", "scraped_at"], name="leads_by_category"),
            models.Index(fields=["price"], name="leads_by_price"),
        )
        constraints = (
            models.CheckConstraint(
                condition=Q(price__range=(0, HIGHEST_PRICE)), name="leads_price_plausible"
            ),
            models.CheckConstraint(
                condition=Q(qualification_score__range=(0, 1)), name="leads_score_from_0_to_1"
            ),
            models.CheckConstraint(
                condition=Q(latitude__range=(-90, 90)), name="leads_latitude_on_earth"
            ),
            models.CheckConstraint(
                condition=Q(longitude__range=(-180, 180)), name="leads_longitude_on_earth"
            ),
        )

    def __str__(self) -> str:
        return self.title


class LeadFigures(Lead):
    """Leads as figures: no table and no permissions of its own, but an entry in the admin."""

    class Meta:
        proxy = True
        default_permissions = ()
        verbose_name = _("lead figures")
        verbose_name_plural = _("lead figures")
