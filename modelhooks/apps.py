from django.apps import AppConfig


class ModelhooksConfig(AppConfig):
    name = "modelhooks"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from modelhooks import checks  # noqa: F401  (registers itself; Django's registry wants the apps first)
