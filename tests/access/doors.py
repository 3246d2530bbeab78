"""Every address of the site with the rule that its view declares, read from the URL resolver."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.test import override_settings
from django.urls import URLPattern, URLResolver, get_resolver

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
WITH_ADMIN = override_settings(ROOT_URLCONF="tests.access.urls_with_admin")


@dataclass(frozen=True)
class Door:
    """One address. A page has one rule for all methods, an endpoint one for each that it takes, admin its own."""

    route: str
    arguments: tuple[str, ...]
    kind: str  # page, endpoint or admin
    rule: str | Mapping[str, str] | None

    def rule_for(self, method: str) -> str | None:
        """Who may call this method; None where the address does not take it."""
        if isinstance(self.rule, Mapping):
            return self.rule.get("GET" if method == "HEAD" else method)
        return self.rule

    def address(self, values: Mapping[str, Any]) -> str:
        """The address with these values in it, below the root."""
        address = self.route
        for argument in self.arguments:
            for converter in ("slug", "int", "uuid", "str", "path"):
                address = address.replace(f"<{converter}:{argument}>", str(values[argument]))
            address = address.replace(f"<{argument}>", str(values[argument]))
        return f"/{address}"


def doors() -> list[Door]:
    """All of them, admin included."""
    with WITH_ADMIN:
        return [_door(route, pattern) for route, pattern in _leaves(get_resolver())]


def _leaves(resolver: URLResolver, before: str = "") -> Iterator[tuple[str, URLPattern]]:
    for pattern in resolver.url_patterns:
        route = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from _leaves(pattern, route)
        else:
            yield route, pattern


def _door(route: str, pattern: URLPattern) -> Door:
    view: Any = pattern.callback
    of_class = getattr(view, "cls", None) or getattr(view, "view_class", None)
    rule = getattr(of_class, "access_rule", None) if of_class else getattr(view, "access_rule", None)
    arguments = tuple(pattern.pattern.converters)
    if route.startswith("hidden-admin/"):
        plain = re.sub(r"\(\?P<(\w+)>[^)]*\)", r"<\1>", route).replace("^", "").replace("$", "")
        return Door(plain, arguments or _named(pattern), "admin", "staff")
    kind = "endpoint" if route.startswith("api/") else "page"
    return Door(route, arguments, kind, {m: str(r) for m, r in rule.items()} if isinstance(rule, dict) else rule)


def _named(pattern: URLPattern) -> tuple[str, ...]:
    regex = getattr(pattern.pattern, "regex", None)
    return tuple(regex.groupindex) if regex is not None else ()
