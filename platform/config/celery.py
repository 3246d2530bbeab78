"""The Celery app. Tasks carry ids; PostgreSQL holds the truth (docs/decisions/0004)."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
app = Celery("goldpan")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
