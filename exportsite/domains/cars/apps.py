from django.apps import AppConfig


class CarsConfig(AppConfig):
    name = "exportsite.domains.cars"
    label = "cars"
    verbose_name = "Car store"
