from django.apps import AppConfig


class TaxiConfig(AppConfig):
    name = "exportsite.domains.taxi"
    label = "taxi"
    verbose_name = "Taxi company"
