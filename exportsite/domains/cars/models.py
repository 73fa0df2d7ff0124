"""Cars for sale and their purchases."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

FIRST_YEAR = 1900
MOST_IMAGES = 3
IMAGE_ENDINGS = (".png", ".jpg", ".jpeg")


def latest_year() -> int:
    """Next year's models are sold this year."""
    return timezone.now().year + 1


def check_images(value: object) -> None:
    if not isinstance(value, list) or len(value) > MOST_IMAGES:
        raise ValidationError(
            _("A list of at most %(most)d file names."), params={"most": MOST_IMAGES}
        )
    for name in value:
        if not isinstance(name, str) or not name.lower().endswith(IMAGE_ENDINGS):
            raise ValidationError(
                _("“%(name)s” is not the name of a png, jpg or jpeg file."), params={"name": name}
            )


class CarListing(models.Model):
    class Status(models.TextChoices):
        AVAILABLE = "available", _("available")
        SOLD = "sold", _("sold")

    title = models.CharField(_("title"), max_length=255)
    make = models.CharField(_("make"), max_length=100)
    model = models.CharField(_("model"), max_length=100)
    year = models.PositiveSmallIntegerField(
        _("year"), validators=[MinValueValidator(FIRST_YEAR), MaxValueValidator(latest_year)]
    )
    price = models.DecimalField(
        _("price"), max_digits=10, decimal_places=2, validators=[MinValueValidator(0)]
    )
    mileage = models.PositiveIntegerField(_("mileage"))
    description = models.TextField(_("description"), null=True, blank=True)  # noqa: DJ001
    images = models.JSONField(_("images"), default=list, blank=True, validators=[check_images])
    status = models.CharField(
        _("status"), max_length=20, choices=Status.choices, default=Status.AVAILABLE
    )
    created_at = models.DateTimeField(_("created at"), default=timezone.now)
    updated_at = models.DateTimeField(_("updated at"), default=timezone.now)

    class Meta:
        verbose_name = _("car listing")
        verbose_name_plural = _("car listings")
        indexes = (
            models.Index(fields=["make"], name="cars_make"),
            models.Index(fields=["model"], name="cars_model"),
            models.Index(fields=["year"], name="cars_year"),
            models.Index(fields=["price"], name="cars_price"),
        )
        constraints = (
            models.CheckConstraint(condition=Q(year__gte=FIRST_YEAR), name="cars_year_plausible"),
            models.CheckConstraint(condition=Q(price__gte=0), name="cars_price_not_negative"),
            models.CheckConstraint(condition=Q(mileage__gte=0), name="cars_mileage_not_negative"),
        )

    def __str__(self) -> str:
        return self.title


class Order(models.Model):
    """One purchase of a listed car."""

    car_listing = models.ForeignKey(
        CarListing, on_delete=models.PROTECT, related_name="orders", verbose_name=_("car")
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="car_orders",
        verbose_name=_("buyer"),
    )
    purchase_price = models.DecimalField(
        _("purchase price"), max_digits=10, decimal_places=2, validators=[MinValueValidator(0)]
    )
    purchase_date = models.DateTimeField(_("purchase date"), default=timezone.now)
    notes = models.TextField(_("notes"), null=True, blank=True)  # noqa: DJ001
    created_at = models.DateTimeField(_("created at"), default=timezone.now)
    updated_at = models.DateTimeField(_("updated at"), default=timezone.now)

    class Meta:
        verbose_name = _("order")
        verbose_name_plural = _("orders")
        constraints = (
            models.CheckConstraint(
                condition=Q(purchase_price__gte=0), name="cars_order_price_not_negative"
            ),
        )

    def __str__(self) -> str:
        return f"{self.pk}: {self.car_listing}"
