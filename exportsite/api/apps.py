from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ApiConfig(AppConfig):
    name = "exportsite.api"
    label = "api"
    verbose_name = _("API")

    def ready(self) -> None:
        from exportsite.api import idempotency

        idempotency.register()
