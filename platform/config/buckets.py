"""The bucket that files of releases are kept in, as the environment names it: `GOLDPAN_RELEASE_BUCKET` and its like."""

from django.core.exceptions import ImproperlyConfigured

from config import env

BEFORE = "GOLDPAN_RELEASE_BUCKET"


def bucket() -> dict[str, str]:
    """Name, endpoint, region, prefix, key and secret; empty where files lie in the home folder."""
    name = env.value(BEFORE)
    if not name:
        return {}
    key, secret = env.value(f"{BEFORE}_KEY"), env.value(f"{BEFORE}_SECRET")
    if bool(key) != bool(secret):
        raise ImproperlyConfigured(f"{BEFORE}_KEY and {BEFORE}_SECRET belong together; set both or neither.")
    endpoint = env.value(f"{BEFORE}_ENDPOINT").rstrip("/")
    if endpoint and not endpoint.startswith(("http://", "https://")):
        raise ImproperlyConfigured(f"{BEFORE}_ENDPOINT must start with https:// or http://.")
    return {
        "name": name,
        "endpoint": endpoint,
        "region": env.value(f"{BEFORE}_REGION", "us-east-1"),
        "prefix": env.value(f"{BEFORE}_PREFIX").strip("/"),
        "key": key,
        "secret": secret,
    }
