from django.contrib import admin
from django.urls import path, re_path
from django.views.generic import RedirectView

from exportsite.health import healthz

urlpatterns = [
    path("", RedirectView.as_view(pattern_name="admin:index")),
    re_path(r"^healthz/?$", healthz, name="healthz"),
    path("admin/", admin.site.urls),
]
