"""The addresses of the exports' API."""

from exports.api import resource_views, views
from exportsite.api.routes import route

urlpatterns = [
    route("resources", resource_views.Resources.as_view(), "resources"),
    route("resources/<slug:resource>", resource_views.OneResource.as_view(), "resource"),
    route("stats", resource_views.Stats.as_view(), "stats"),
    route("exports", views.ExportsList.as_view(), "exports"),
    route("exports/cleanup", views.Cleanup.as_view(), "exports-cleanup"),
    route("exports/<uuid:export_id>", views.OneExport.as_view(), "export"),
    route("exports/<uuid:export_id>/download", views.Download.as_view(), "export-download"),
    route("exports/<uuid:export_id>/logs", views.Logs.as_view(), "export-logs"),
    route("exports/<uuid:export_id>/retry", views.Retry.as_view(), "export-retry"),
    route("exports/<uuid:export_id>/cancel", views.Cancel.as_view(), "export-cancel"),
    route("<slug:resource>/export", resource_views.ResourceExport.as_view(), "resource-export"),
]
