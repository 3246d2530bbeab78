"""The base of every endpoint for programs."""

from collections.abc import Mapping
from typing import Any, ClassVar, Literal, cast

from django.db.models import QuerySet
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.views import APIView

from accounts.models import ApiToken, Scope, User
from projects import access
from projects.access import Place, Right
from projects.api.strict import Query

TOKEN: Literal["token"] = "token"  # noqa: S105 - the name of a rule
VIEW_SOMEWHERE: Literal["view_somewhere"] = "view_somewhere"
STAFF: Literal["staff"] = "staff"
Rule = Right | Literal["token", "view_somewhere", "staff"]


class TokenView(APIView):
    """Names for each method who may call it, and takes only the query parameters that the method declares.

    `access_rule` maps a method to the right it asks for in the project, or to `TOKEN`: any token, shown only what is
    its person's. What belongs to the whole installation is for `VIEW_SOMEWHERE` or `STAFF`, which `initial` sees to.
    `scopes` says where a token needs another scope than the right's own.
    """

    access_rule: ClassVar[Mapping[str, Rule]] = {}
    scopes: ClassVar[Mapping[str, Scope]] = {}
    metadata_class = None

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        self._require_rule()
        method = getattr(self, (request.method or "").lower(), None)
        declared: type[Query] | None = getattr(method, "query", None)
        if declared:
            query = declared(data=request.query_params)
            query.is_valid(raise_exception=True)
            self.query: dict[str, Any] = query.validated_data

    @property
    def person(self) -> User:
        """In whose name the program speaks."""
        return cast("User", self.request.user)

    @property
    def token(self) -> ApiToken:
        return cast("ApiToken", self.request.auth)

    def place(self, slug: str) -> Place:
        """The project of this name, if this token may do there what the method asks for; else 404."""
        right, scope = self._asked()
        return access.token_place(self.person, self.token, slug, right, scope=scope)

    def place_of(self, project_ids: QuerySet[Any, Any]) -> Place:
        """The same for the one project whose id the query yields: for objects that are addressed without it."""
        right, scope = self._asked()
        return access.token_place_of(self.person, self.token, project_ids, right, scope=scope)

    def require(self, scope: Scope, *, unbound: bool = False) -> None:
        """For `TOKEN` methods: 404 unless the token carries the scope and, if wanted, is not bound to one project."""
        if scope not in self.token.scopes or (unbound and self.token.project_id is not None):
            raise NotFound

    def body(self) -> dict[str, Any]:
        """The body as the method declares it; a 400 with a sentence per field otherwise."""
        declared: Any = getattr(self, (self.request.method or "").lower()).body
        serializer = declared(data=self.request.data)
        serializer.is_valid(raise_exception=True)
        return dict(serializer.validated_data)

    def _require_rule(self) -> None:
        """Raises NotFound for methods on what no project owns. Changing it takes a token that no project binds."""
        match self.access_rule.get("GET" if self.request.method == "HEAD" else str(self.request.method)):
            case "view_somewhere":
                self.require(Scope.READ)
                if not access.has_right_somewhere(self.person, Right.VIEW):
                    raise NotFound
            case "staff":
                self.require(Scope.MANAGE, unbound=True)
                if not access.runs_the_installation(self.person):
                    raise NotFound

    def _asked(self) -> tuple[Right, Scope | None]:
        method = "GET" if self.request.method == "HEAD" else str(self.request.method)
        return Right(self.access_rule[method]), self.scopes.get(method)
