"""The short lists that assets and tickets choose from."""

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _


class Named(models.Model):
    """A row that is known by its name; no two of a list differ by case only."""

    name = models.CharField(_("name"), max_length=100)

    class Meta:
        abstract = True
        ordering = ("name",)
        constraints = (models.UniqueConstraint(Lower("name"), name="%(app_label)s_%(class)s_name"),)

    def __str__(self) -> str:
        return self.name


class Manufacturer(Named):
    class Meta(Named.Meta):
        verbose_name = _("manufacturer")
        verbose_name_plural = _("manufacturers")


class AssetType(Named):
    abbreviation = models.CharField(_("abbreviation"), max_length=10, unique=True)

    class Meta(Named.Meta):
        verbose_name = _("asset type")
        verbose_name_plural = _("asset types")


class PcSpec(models.Model):
    cpu = models.CharField(_("CPU"), max_length=100)
    ram = models.CharField(_("RAM"), max_length=50)
    hdd = models.CharField(_("disk"), max_length=50)

    class Meta:
        verbose_name = _("PC specification")
        verbose_name_plural = _("PC specifications")

    def __str__(self) -> str:
        return f"{self.cpu}, {self.ram}, {self.hdd}"


class AssetModel(Named):
    manufacturer = models.ForeignKey(
        Manufacturer, on_delete=models.PROTECT, verbose_name=_("manufacturer")
    )
    asset_type = models.ForeignKey(
        AssetType, on_delete=models.PROTECT, verbose_name=_("asset type")
    )
    pcspec = models.ForeignKey(
        PcSpec, on_delete=models.SET_NULL, null=True, blank=True, verbose_name=_("specification")
    )
    part_number = models.CharField(  # noqa: DJ001
        _("part number"), max_length=100, null=True, blank=True
    )

    class Meta(Named.Meta):
        verbose_name = _("asset model")
        verbose_name_plural = _("asset models")


class Division(Named):
    class Meta(Named.Meta):
        verbose_name = _("division")
        verbose_name_plural = _("divisions")


class Supplier(Named):
    class Meta(Named.Meta):
        verbose_name = _("supplier")
        verbose_name_plural = _("suppliers")


class AssetStatus(Named):
    class Meta(Named.Meta):
        ordering = ("id",)
        verbose_name = _("asset status")
        verbose_name_plural = _("asset statuses")


class WarrantyType(Named):
    class Meta(Named.Meta):
        verbose_name = _("warranty type")
        verbose_name_plural = _("warranty types")


class Location(Named):
    building = models.CharField(_("building"), max_length=100)
    office = models.CharField(_("office"), max_length=100)
    storeroom = models.BooleanField(_("storeroom"), default=False)

    class Meta(Named.Meta):
        verbose_name = _("location")
        verbose_name_plural = _("locations")


class TicketStatus(Named):
    class Meta(Named.Meta):
        ordering = ("id",)
        verbose_name = _("ticket status")
        verbose_name_plural = _("ticket statuses")


class TicketPriority(Named):
    sla_hours = models.PositiveSmallIntegerField(
        _("hours to resolve"), default=72, validators=[MinValueValidator(1)]
    )

    class Meta(Named.Meta):
        ordering = ("id",)
        verbose_name = _("ticket priority")
        verbose_name_plural = _("ticket priorities")


class TicketType(Named):
    class Meta(Named.Meta):
        ordering = ("id",)
        verbose_name = _("ticket type")
        verbose_name_plural = _("ticket types")
