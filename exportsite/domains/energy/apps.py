from django.apps import AppConfig


class EnergyConfig(AppConfig):
    name = "exportsite.domains.energy"
    label = "energy"
    verbose_name = "Energy"
