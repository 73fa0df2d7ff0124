from django.apps import AppConfig


class LibraryConfig(AppConfig):
    """A small app that the tests export: one field of every kind."""

    name = "tests.library"
    label = "library"
