from django.apps import AppConfig


class LeadsConfig(AppConfig):
    name = "exportsite.domains.leads"
    label = "leads"
    verbose_name = "Leads"
