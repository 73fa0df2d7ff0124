from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig as DjangoAdminConfig


class AdminConfig(DjangoAdminConfig):
    default_site = "exportsite.admin.Site"


class SiteConfig(AppConfig):
    name = "exportsite"
    label = "exportsite"
    verbose_name = "Export site"

    def ready(self) -> None:
        from exportsite import checks, lookups  # noqa: F401

        lookups.register()
