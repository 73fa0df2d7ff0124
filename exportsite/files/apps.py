from django.apps import AppConfig


class FilesConfig(AppConfig):
    name = "exportsite.files"
    label = "files"
    verbose_name = "Files"
