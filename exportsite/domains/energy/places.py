"""Who uses energy and where, and who delivers it."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Company(models.Model):
    name = models.CharField(_("name"), max_length=255)
    registration_number = models.CharField(
        _("registration number"), max_length=50, unique=True, null=True, blank=True
    )
    vat_number = models.CharField(_("VAT number"), max_length=50, blank=True)
    address = models.TextField(_("address"), blank=True)
    is_active = models.BooleanField(_("active"), default=True)

    class Meta:
        verbose_name = _("company")
        verbose_name_plural = _("companies")
        ordering = ("name", "id")

    def __str__(self) -> str:
        return self.name


class Coded(models.Model):
    """A row of a short list, with a code that files use."""

    name = models.CharField(_("name"), max_length=100, unique=True)
    code = models.CharField(_("code"), max_length=10, unique=True)

    class Meta:
        abstract = True
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name


class Region(Coded):
    class Meta(Coded.Meta):
        verbose_name = _("region")
        verbose_name_plural = _("regions")


class Supplier(Coded):
    class Meta(Coded.Meta):
        verbose_name = _("supplier")
        verbose_name_plural = _("suppliers")


class Site(models.Model):
    class Type(models.TextChoices):
        OFFICE = "office", _("office")
        WAREHOUSE = "warehouse", _("warehouse")
        RETAIL = "retail", _("retail")
        INDUSTRIAL = "industrial", _("industrial")
        RESIDENTIAL = "residential", _("residential")
        OTHER = "other", _("other")

    company = models.ForeignKey(Company, on_delete=models.PROTECT, verbose_name=_("company"))
    region = models.ForeignKey(
        Region, on_delete=models.PROTECT, null=True, blank=True, verbose_name=_("region")
    )
    name = models.CharField(_("name"), max_length=255)
    address = models.TextField(_("address"), blank=True)
    postcode = models.CharField(_("postcode"), max_length=10, blank=True)
    latitude = models.DecimalField(
        _("latitude"),
        max_digits=10,
        decimal_places=8,
        null=True,
        blank=True,
        validators=[MinValueValidator(-90), MaxValueValidator(90)],
    )
    longitude = models.DecimalField(
        _("longitude"),
        max_digits=11,
        decimal_places=8,
        null=True,
        blank=True,
        validators=[MinValueValidator(-180), MaxValueValidator(180)],
    )
    site_type = models.CharField(
        _("type"), max_length=20, choices=Type.choices, default=Type.OFFICE
    )
    floor_area = models.DecimalField(
        _("floor area (m²)"),
        max_digits=10,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
    )
    is_active = models.BooleanField(_("active"), default=True)
    created_at = models.DateTimeField(_("created at"), default=timezone.now)

    class Meta:
        verbose_name = _("site")
        verbose_name_plural = _("sites")
        ordering = ("name", "id")
        constraints = (
            models.CheckConstraint(
                condition=Q(latitude__range=(-90, 90)), name="energy_site_latitude_on_earth"
            ),
            models.CheckConstraint(
                condition=Q(longitude__range=(-180, 180)), name="energy_site_longitude_on_earth"
            ),
            models.CheckConstraint(
                condition=Q(floor_area__gte=0), name="energy_site_area_not_negative"
            ),
        )

    def __str__(self) -> str:
        return self.name
