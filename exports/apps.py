from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _


class ExportsConfig(AppConfig):
    name = "exports"
    label = "exports"
    verbose_name = _("Exports")

    def ready(self) -> None:
        from exports import checks, tasks  # noqa: F401

        autodiscover_modules("export_resources")
        tasks.register()
