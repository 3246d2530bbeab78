from django.apps import AppConfig


class ModelhooksConfig(AppConfig):
    name = "modelhooks"
    default_auto_field = "django.db.models.BigAutoField"
