import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "exportsite.settings")
application = get_asgi_application()

from exportsite.checks import refuse_unsafe  # noqa: E402  # needs the settings

refuse_unsafe()
