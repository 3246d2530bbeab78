"""What `goldpan check` finds besides Django's own: settings that open a door or lose work."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register
from django.core.checks import Warning as Caution

from config.env import LOCAL_HOSTS

GUESSABLE = frozenset({"admin", "administrator", "backend", "django-admin", "manage", "staff"})
SHORTEST_ADMIN_PATH = 8
UNSAFE = ("'unsafe-inline'", "'unsafe-eval'", "*")


@register(Tags.security)
def broker_asks_for_a_password(app_configs: object, **_: Any) -> Sequence[CheckMessage]:
    """Whoever reaches the broker can start jobs; a unix socket or this machine alone is another matter."""
    parts = urlsplit(settings.REDIS_URL)
    is_local = not parts.hostname or parts.hostname in LOCAL_HOSTS or "socket" in parts.scheme
    if is_local or parts.password:
        return []
    return [Error("REDIS_URL names another machine without a password. Set one.", id="goldpan.E001")]


@register(Tags.security)
def jobs_end_before_they_are_delivered_again(app_configs: object, **_: Any) -> Sequence[CheckMessage]:
    soft, hard = settings.CELERY_TASK_SOFT_TIME_LIMIT, settings.CELERY_TASK_TIME_LIMIT
    if soft < hard < settings.CELERY_BROKER_TRANSPORT_OPTIONS["visibility_timeout"]:
        return []
    return [Error("A job may run longer than the broker waits before it delivers it again.", id="goldpan.E002")]


@register(Tags.security)
def content_policy_is_enforced(app_configs: object, **_: Any) -> Sequence[CheckMessage]:
    """A policy that only reports stops nothing."""
    policy: dict[str, Any] = getattr(settings, "CONTENT_SECURITY_POLICY", None) or {}
    directives = policy.get("DIRECTIVES", {})
    is_on = "csp.middleware.CSPMiddleware" in settings.MIDDLEWARE and "'none'" in directives.get("default-src", ())
    scripts = [*directives.get("script-src", ()), *directives.get("style-src", ())]
    if is_on and not any(word in scripts for word in UNSAFE):
        return []
    return [Error("The content security policy is off or lets any script or style in.", id="goldpan.E003")]


@register(Tags.security)
def admin_path_cannot_be_guessed(app_configs: object, **_: Any) -> Sequence[CheckMessage]:
    path = settings.ADMIN_PATH.strip("/").lower()
    if not path or (path not in GUESSABLE and len(path) >= SHORTEST_ADMIN_PATH):
        return []
    return [Error("GOLDPAN_ADMIN_PATH can be guessed. Use 8 random characters or more.", id="goldpan.E004")]


@register(Tags.security, deploy=True)
def strangers_speak_tls(app_configs: object, **_: Any) -> Sequence[CheckMessage]:
    strangers = [host for host in settings.ALLOWED_HOSTS if host not in LOCAL_HOSTS]
    if settings.HTTPS or not strangers:
        return []
    hint = "Put a proxy that speaks TLS in front and set GOLDPAN_HTTPS=1 and TRUSTED_PROXY_COUNT=1."
    return [
        Caution(f"{strangers[0]} is served without TLS: passwords cross the network.", hint=hint, id="goldpan.W001")
    ]
