"""The addresses of the imports' API."""

from exportsite.api.routes import route
from imports.api import importer_views, views

ONE = "imports/<uuid:import_id>"

urlpatterns = [
    route("importers", importer_views.Importers.as_view(), "importers"),
    route("importers/<slug:importer>", importer_views.OneImporter.as_view(), "importer"),
    route(
        "importers/<slug:importer>/template",
        importer_views.Template.as_view(),
        "importer-template",
    ),
    route("imports", views.ImportsList.as_view(), "imports"),
    route(ONE, views.OneImport.as_view(), "import"),
    route(f"{ONE}/mapping", views.Mapping.as_view(), "import-mapping"),
    route(f"{ONE}/confirm", views.Confirm.as_view(), "import-confirm"),
    route(f"{ONE}/cancel", views.Cancel.as_view(), "import-cancel"),
    route(f"{ONE}/retry", views.Retry.as_view(), "import-retry"),
    route(f"{ONE}/problems", views.Problems.as_view(), "import-problems"),
    route(f"{ONE}/changes", views.Changes.as_view(), "import-changes"),
    route(f"{ONE}/report", views.FailedRows.as_view(), "import-report"),
]
