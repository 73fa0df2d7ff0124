from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _


class ImportsConfig(AppConfig):
    name = "imports"
    label = "imports"
    verbose_name = _("Imports")

    def ready(self) -> None:
        from imports import checks, tasks  # noqa: F401

        autodiscover_modules("importers")
        tasks.register()
