"""What the API remembers: tokens, keys of requests that made a job, how often somebody reads."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Scope(models.TextChoices):
    """What a token is good for; its owner's permissions still count."""

    EXPORTS = "exports", _("exports")
    IMPORTS = "imports", _("imports")


def check_scopes(value: object) -> None:
    if not isinstance(value, list) or not value or not set(map(str, value)) <= set(Scope.values):
        raise ValidationError(_("One or more of: %(names)s.") % {"names": ", ".join(Scope.values)})


class ApiToken(models.Model):
    """A secret that stands for a person. Only its SHA-256 is kept, so nobody can read it here."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="+",
        verbose_name=_("stands for"),
    )
    name = models.CharField(
        _("name"), max_length=100, blank=True, help_text=_("What it is used for.")
    )
    prefix = models.CharField(_("begins with"), max_length=8, db_index=True, editable=False)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    scopes = models.JSONField(_("good for"), default=list, validators=[check_scopes])
    created_at = models.DateTimeField(_("made"), default=timezone.now, editable=False)
    expires_at = models.DateTimeField(
        _("good until"), null=True, blank=True, help_text=_("Empty: until it is revoked.")
    )
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True, editable=False)
    last_used_at = models.DateTimeField(_("last used"), null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("API token")
        verbose_name_plural = _("API tokens")
        ordering = ("-created_at", "-pk")

    def __str__(self) -> str:
        return f"{self.prefix}…"

    @property
    def is_good(self) -> bool:
        is_over = self.expires_at is not None and self.expires_at <= timezone.now()
        return self.revoked_at is None and not is_over


class IdempotencyKey(models.Model):
    """One request that made a job. A second row for the same key is what the database refuses."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=255)
    fingerprint = models.CharField(max_length=64)  # SHA-256 of what was asked for
    job_id = models.UUIDField()
    created_at = models.DateTimeField(default=timezone.now, db_index=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["user", "key"], name="api_idempotencykey_once"),
        )

    def __str__(self) -> str:
        return self.key


class ReadTally(models.Model):
    """How often somebody has read in the current minute, over all web processes."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, primary_key=True, related_name="+"
    )
    began_at = models.DateTimeField()
    count = models.PositiveIntegerField()

    def __str__(self) -> str:
        return f"{self.count} since {self.began_at}"
