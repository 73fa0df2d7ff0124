"""The lists that leads choose from, and the places that they come from."""

from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Status(models.TextChoices):
    NEW = "new", _("new")
    CONTACTED = "contacted", _("contacted")
    RESPONDED = "responded", _("responded")
    QUALIFIED = "qualified", _("qualified")
    CONVERTED = "converted", _("converted")
    REJECTED = "rejected", _("rejected")


class Category(models.TextChoices):
    GIGS = "gigs", _("gigs")
    JOBS = "jobs", _("jobs")
    SERVICES = "services", _("services")
    FOR_SALE = "for-sale", _("for sale")
    HOUSING = "housing", _("housing")
    COMMUNITY = "community", _("community")
    RESUMES = "resumes", _("résumés")


class Source(models.TextChoices):
    CRAIGSLIST = "craigslist", "Craigslist"
    GOOGLE_MAPS = "google_maps", "Google Maps"
    GOOGLE_PLACES_API = "google_places_api", "Google Places"
    LINKEDIN = "linkedin", "LinkedIn"
    INDEED = "indeed", "Indeed"
    MONSTER = "monster", "Monster"
    ZIPRECRUITER = "ziprecruiter", "ZipRecruiter"


class EmailSource(models.TextChoices):
    HUNTER_IO = "hunter_io", "Hunter.io"
    ROCKETREACH = "rocketreach", "RocketReach"
    SCRAPED = "scraped", _("scraped")
    MANUAL = "manual", _("by hand")


EMPLOYMENT_TYPES = ("full-time", "part-time", "contract", "employee's choice")


def check_employment(value: object) -> None:
    if not isinstance(value, list) or not set(map(str, value)) <= set(EMPLOYMENT_TYPES):
        raise ValidationError(
            _("A list of these: %(types)s."), params={"types": ", ".join(EMPLOYMENT_TYPES)}
        )


def check_list(value: object) -> None:
    if not isinstance(value, list):
        raise ValidationError(_("A list in square brackets."))


class Location(models.Model):
    """A Craigslist site; its code is the first part of its address."""

    name = models.CharField(_("name"), max_length=255)
    code = models.CharField(_("code"), max_length=50, unique=True)
    url = models.TextField(_("address"), blank=True)
    region = models.CharField(_("region"), max_length=100, null=True, blank=True)  # noqa: DJ001
    state = models.CharField(_("state"), max_length=100, null=True, blank=True)  # noqa: DJ001
    country = models.CharField(_("country"), max_length=100, default="US")
    is_active = models.BooleanField(_("active"), default=True)
    created_at = models.DateTimeField(_("created at"), default=timezone.now)
    updated_at = models.DateTimeField(_("updated at"), default=timezone.now)

    class Meta:
        verbose_name = _("location")
        verbose_name_plural = _("locations")
        ordering = ("name", "id")

    def __str__(self) -> str:
        return self.name
