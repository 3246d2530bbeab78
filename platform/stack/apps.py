from django.apps import AppConfig


class StackConfig(AppConfig):
    """Commands that run and look after an installation; no tables."""

    name = "stack"
    verbose_name = "Embedded stack"
