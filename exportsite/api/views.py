"""What every address of the API does before and after its own work."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import NotFound
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.views import APIView

from exportsite.api.errors import TooLarge
from exportsite.api.inputs import Query, read_query
from exportsite.api.models import Scope
from exportsite.api.security import IsStaff


class ApiView(APIView):
    """Refuses query parameters that are not declared.

    `queries` maps a method to the kind of its query string; `query` has the values then.
    """

    http_method_names = ["get", "head", "post", "delete"]  # the schema says more than OPTIONS
    scope: ClassVar[str] = Scope.EXPORTS
    queries: ClassVar[Mapping[str, type[Query]]] = {}
    post_permissions: ClassVar[Sequence[type[BasePermission]]] = ()  # asked besides the others
    query: dict[str, Any]

    def get_permissions(self) -> list[Any]:
        more = self.post_permissions if self.request.method == "POST" else ()
        return [*super().get_permissions(), *(kind() for kind in more)]

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        if request.method not in self.allowed_methods:
            return  # that is refused next, whatever its parameters
        method = "GET" if request.method == "HEAD" else str(request.method)
        kind = self.queries.get(method, Query)
        self.query = read_query(kind, request.query_params, self.more_parameters(**kwargs))

    def more_parameters(self, **place: Any) -> Mapping[str, Any]:
        """Names of parameters that the view reads itself."""
        return {}

    def handle_exception(self, exc: Exception) -> Any:
        if isinstance(exc, RequestDataTooBig):
            most = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
            exc = TooLarge(_("The body of a request may have at most %d bytes.") % most)
        return super().handle_exception(exc)


@extend_schema(exclude=True)
class NotThere(ApiView):
    """Any address that is none."""

    permission_classes = (IsStaff,)  # whatever the token is good for
    throttle_classes = ()

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        self.perform_authentication(request)
        self.check_permissions(request)
        raise NotFound(_("There is no such address. The documentation is at /api/v1/docs."))
