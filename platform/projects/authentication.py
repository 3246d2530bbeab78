"""Who a program speaks for: `Authorization: Token gp_…`. Cookies mean nothing here, so CSRF does not either."""

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from accounts.models import ApiToken, User
from accounts.services import tokens

KEYWORD = "Token"
LONGEST = 200  # characters; ours have 46


class TokenAuthentication(BaseAuthentication):
    """Sets `request.user` and, as `request.auth`, the ApiToken; `projects.access.token_place` asks for its scopes."""

    def authenticate(self, request: Request) -> tuple[User, ApiToken] | None:
        words = get_authorization_header(request).split()
        if not words or words[0].lower() != KEYWORD.lower().encode():
            return None
        token = tokens.find_live(_secret(words))
        if token is None:
            raise AuthenticationFailed("This token is unknown, expired or revoked.")
        tokens.note_use(token)
        return token.user, token

    def authenticate_header(self, request: Request) -> str:
        return KEYWORD


class TokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """What the OpenAPI document says about it."""

    target_class = "projects.authentication.TokenAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema: object) -> dict[str, str]:
        return {
            "type": "apiKey",
            "in": "header",
            "name": "Authorization",
            "description": "`Token gp_…`: made on the page /me/tokens/ or by `goldpan token create`.",
        }


def _secret(words: list[bytes]) -> str:
    """The token as text; something that no token equals where the header is malformed."""
    if len(words) != 2 or len(words[1]) > LONGEST:
        return ""
    return words[1].decode("ascii", errors="replace")
