from django.contrib import admin
from django.urls import include, path, re_path
from django.views.generic import RedirectView

from exportsite.health import healthz

# An engine's or domain's calls are one more line. The last one answers for all other addresses.
API = [
    path("", include("exports.api.urls")),
    path("", include("imports.api.urls")),
    path("", include("exportsite.domains.leads.api")),
    path("", include("exportsite.api.urls")),
]

handler500 = "exportsite.api.faults.server_error"

urlpatterns = [
    path("api/v1/", include(API)),
    path("", RedirectView.as_view(pattern_name="admin:index")),
    re_path(r"^healthz/?$", healthz, name="healthz"),
    path("admin/", admin.site.urls),
]
