from django.apps import AppConfig


class HelpdeskConfig(AppConfig):
    name = "exportsite.domains.helpdesk"
    label = "helpdesk"
    verbose_name = "IT helpdesk"
