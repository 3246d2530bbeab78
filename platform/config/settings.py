"""All settings. Each comes from the environment, once, through `config.env`; apps are named by string only."""

from pathlib import Path

from config import buckets, endpoints, env, hub, origins

BASE_DIR = Path(__file__).resolve().parents[2]
VERSION = "0.1.0"

# --- Where and who -------------------------------------------------------------------------------------------
HOME = env.home()
SECRET_KEY = env.secret_key()
DEBUG = env.flag("DEBUG")
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS", ("localhost", "127.0.0.1", "[::1]"))
HTTPS = env.flag("GOLDPAN_HTTPS")  # behind a proxy that speaks TLS
TRUSTED_PROXY_COUNT = env.number("TRUSTED_PROXY_COUNT", 0, high=8)
ADMIN_PATH = env.value("GOLDPAN_ADMIN_PATH")  # no path, no admin
METRICS_TOKEN = env.value("GOLDPAN_METRICS_TOKEN")
env.refuse_open_doors(debug=DEBUG, hosts=ALLOWED_HOSTS)

INSTALLED_APPS = [
    "curation.apps.CurationConfig",
    "annotation.apps.AnnotationConfig",
    "modelhooks.apps.ModelhooksConfig",
    "webhooks.apps.WebhooksConfig",
    "projects.apps.ProjectsConfig",
    "accounts.apps.AccountsConfig",
    "jobs.apps.JobsConfig",
    "audit.apps.AuditConfig",
    "ui.apps.UiConfig",
    "stack.apps.StackConfig",
    "config.apps.ConfigConfig",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django_htmx",
    "template_partials",
    "rest_framework",
    "drf_spectacular",
    "axes",
    "csp",
]

MIDDLEWARE = [
    "ui.logs.RequestLogMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "ui.assets.AssetsMiddleware",
    "ui.packing.PackPagesMiddleware",
    "csp.middleware.CSPMiddleware",
    "ui.headers.PrivateMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "ui.problems.RefusalMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
            ],
        },
    }
]

# --- PostgreSQL: the truth -----------------------------------------------------------------------------------
DATABASES = {"default": env.database(env.value("DATABASE_URL"))}
DATABASES["default"].update(
    CONN_MAX_AGE=60,
    CONN_HEALTH_CHECKS=True,
    ATOMIC_REQUESTS=False,  # services open their own transactions
)
DATABASES["default"]["OPTIONS"] = {
    "connect_timeout": 5,
    "tcp_user_timeout": 10_000,
    # The same few statements make up nearly all the work; planning them anew was a third of PostgreSQL's time.
    "server_side_binding": True,
    "prepare_threshold": 3,
    "options": "-c statement_timeout=30000 -c lock_timeout=10000 -c idle_in_transaction_session_timeout=60000",
    **DATABASES["default"]["OPTIONS"],  # type: ignore[dict-item]
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- Celery carries ids (RELIABILITY.md §2.3) ----------------------------------------------------------------
REDIS_URL = env.value("REDIS_URL", "redis://127.0.0.1:6379/0")
CELERY_BROKER_URL = REDIS_URL
JOB_SECONDS = env.number("GOLDPAN_JOB_SECONDS", 600, low=1, high=86_400)  # a longer job goes on in another turn
JOB_LEASE_SECONDS = env.number("GOLDPAN_JOB_LEASE_SECONDS", 60, low=2, high=3600)  # then another worker may
JOB_FORGOTTEN_SECONDS = env.number("GOLDPAN_JOB_FORGOTTEN_SECONDS", 10, low=1)  # published, unclaimed, queue empty
CELERY_VISIBILITY_TIMEOUT = max(900, JOB_SECONDS + 300)
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": CELERY_VISIBILITY_TIMEOUT,
    "socket_timeout": 2,
    "socket_connect_timeout": 2,
    "unacked_restore_interval": 5,
    "unacked_restore_throttle": 1,
    "socket_keepalive": True,
}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None  # a worker waits for its broker as long as it takes
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = False  # the job table decides what runs again
CELERY_TASK_IGNORE_RESULT = True
CELERY_RESULT_BACKEND = None
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_PUBLISH_RETRY = False
CELERY_TASK_SOFT_TIME_LIMIT = JOB_SECONDS
CELERY_TASK_TIME_LIMIT = JOB_SECONDS + 60  # below the visibility timeout, always
CELERY_TASK_DEFAULT_QUEUE = "default"
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_MAX_TASKS_PER_CHILD = 200
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 30
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_POOL_START_METHOD = env.value("GOLDPAN_WORKER_START", "fork")  # spawn, where a GPU is used

# Where checkpoints lie that somebody has put there, and what this worker runs them on: cpu, cuda, cuda:1.
MODELS_FOLDER = Path(env.value("GOLDPAN_MODELS") or HOME / "models").expanduser().resolve()
MODELS_DEVICE = env.value("GOLDPAN_DEVICE", "cpu")

JOB_BROKER = "config.celery.app"
BROKER_PING = "jobs.broker.ping"
MEASURES = ["jobs.measures.measures", "audit.measures.measures"]  # for /readyz and /metrics
# What a job of each kind calls: `handler(job, progress)`, named here so that the jobs floor imports nobody.
JOB_HANDLERS = {
    "import": "annotation.services.imports.run",
    "media-sweep": "annotation.services.media_sweeps.run",
    "release": "curation.services.releasing.run",
    "analysis": "curation.services.analyzing.run",
    "run": "modelhooks.services.working.run",
    "checkpoint-check": "modelhooks.services.checking.run",
    "head": "modelhooks.services.training.run",
    "webhook": "webhooks.services.delivering.run",
    "hub_push": "curation.services.pushing.run",
    "prompt-clusters": "curation.services.clustering.run",
}
# What is called with a job that has ended, whatever ended it (jobs.endings).
JOB_ENDINGS = {
    "release": "curation.services.announcing.ended",
    "run": "modelhooks.services.announcing.ended",
}
# What a run of models asks about and where its answers go (modelhooks.hooks), named so that modelhooks imports nobody.
MODEL_HOOKS = {
    "prelabel": "annotation.hooks.Prelabel",
    "candidates": "annotation.hooks.Candidates",
    "probe": "modelhooks.probing.Probes",
    "evaluation": "curation.hooks.Evaluation",
    "contrast": "curation.hooks.Contrasting",
    "grading": "curation.hooks.Grading",
    "merging": "curation.hooks.Merging",
    "revision": "curation.hooks.Revising",
    "hypotheses": "curation.hooks.Guessing",
    "testing": "curation.hooks.Testing",
    "trial": "curation.hooks.Trials",
    "rewording": "curation.hooks.Rewordings",
    "principles": "curation.hooks.Principles",
    "constraints": "curation.hooks.Constraints",
    "checklist": "curation.hooks.Checklists",
}
# What a project's reward head learns from (modelhooks.labels).
HEAD_LABELS = "curation.preferences.Reviewed"
# Which answers of models stand without a person (annotation.acceptances).
ACCEPTED_ANSWERS = "curation.accepting.about"
# What the relay calls every so many seconds, named here for the same reason.
RELAY_ROUNDS = {
    "jobs.sweeper.sweep": env.number("GOLDPAN_SWEEP_SECONDS", 5, low=1),
    "audit.services.seal": 60,
    "accounts.services.housekeeping.tidy": 3600,
    "annotation.services.media_sweeps.ask": 3600,
    "modelhooks.services.retraining.ask": 300,
    "curation.services.new_labels.ask": 30,
    "webhooks.services.history.tidy": 3600,
}

# --- Models that run elsewhere: never named by a project or an item ------------------------------------------
MODEL_ENDPOINTS = endpoints.endpoints()
# What their prices are counted in: a word that stands behind every amount, such as EUR.
CURRENCY = env.value("GOLDPAN_CURRENCY")[:12]

# --- Programs elsewhere that are told what has ended: none, unless the deployment says which -------------------
WEBHOOK_ORIGINS, WEBHOOKS_ARE_GLOBAL = origins.origins()

# --- Files of releases: in the home folder, or in a bucket that speaks S3; never named by a project -----------
RELEASE_BUCKET = buckets.bucket()
RELEASE_LINK_SECONDS = env.number("GOLDPAN_RELEASE_LINK_SECONDS", 300, low=10, high=86_400)

# --- Where releases are pushed to: nowhere without a token ----------------------------------------------------
HUB_TOKEN = hub.token()
HUB_ENDPOINT = hub.endpoint()

# --- People --------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
PASSWORD_HASHERS = ["accounts.hashers.Argon2"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "accounts.passwords.TokensEnd"},  # a new password ends every API token, however it was set
]
LOGIN_URL = "accounts:sign-in"
LOGIN_REDIRECT_URL = "projects:list"
LOGOUT_REDIRECT_URL = "accounts:sign-in"
AXES_FAILURE_LIMIT = 10
AXES_COOLOFF_TIME = 0.25  # hours
AXES_USERNAME_FORM_FIELD = "username"  # what our form and Django's backends call it, whatever the model does
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False  # the page names a time, and it stays that time
AXES_LOCKOUT_CALLABLE = "accounts.views.locked_out"
AXES_CLIENT_IP_CALLABLE = "ui.requests.client_address"
AXES_RESET_ON_SUCCESS = True
AXES_VERBOSE = False
AXES_CLIENT_STR_CALLABLE = "accounts.views.sessions.caller"
AXES_DISABLE_ACCESS_LOG = True

# What one person, project or address may do: how often, in how many seconds.
QUOTAS = {
    "sign-in": (300, 900),  # per address; the lock-out above is per account and address
    "invitation": (60, 3600),
    "token": (30, 3600),
    "checkpoint": (120, 3600),  # added or checked
    "run": (env.number("GOLDPAN_RUNS_PER_HOUR", 60, low=1), 3600),
    "head": (30, 3600),
    "import": (env.number("GOLDPAN_IMPORTS_PER_HOUR", 60, low=1), 3600),
    "proposal": (60, 3600),  # of a criterion, by an annotator
    "upload": (env.number("GOLDPAN_UPLOADS_PER_HOUR", 10_000, low=1), 3600),
    "release": (env.number("GOLDPAN_RELEASES_PER_HOUR", 30, low=1), 3600),
    "webhook": (60, 3600),  # added, tested, sent again, given a new secret
    "signed-address": (600, 3600),
    "hub-push": (30, 3600),
    "analysis": (env.number("GOLDPAN_ANALYSES_PER_HOUR", 60, low=1), 3600),
}

# --- The browser ---------------------------------------------------------------------------------------------
SESSION_COOKIE_NAME = "__Host-goldpan" if HTTPS else "goldpan"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = HTTPS
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 14 * 24 * 3600
CSRF_COOKIE_NAME = "__Host-goldpan-csrf" if HTTPS else "goldpan-csrf"
CSRF_COOKIE_HTTPONLY = False
CSRF_FAILURE_VIEW = "ui.views.csrf_failure"
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS and TRUSTED_PROXY_COUNT else None
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'"],
        "media-src": ["'self'"],
        "connect-src": ["'self'"],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
        "manifest-src": ["'self'"],
        "object-src": ["'none'"],
    }
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 2**20
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2_000
FILE_UPLOAD_MAX_MEMORY_SIZE = 2**20
FILE_UPLOAD_TEMP_DIR = HOME / "uploads" if (HOME / "uploads").is_dir() else None
MAX_IMPORT_BYTES = env.number("GOLDPAN_MAX_IMPORT_MB", 4096, high=2**20) * 2**20
MAX_MEDIA_BYTES = env.number("GOLDPAN_MAX_MEDIA_MB", 512, high=2**20) * 2**20  # of one picture, sound or film
STATIC_URL = "static/"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "ui.assets.HashedAssets"},
}
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}

# --- Language and time ---------------------------------------------------------------------------------------
LANGUAGE_CODE = "en"
USE_I18N = False
USE_TZ = True
TIME_ZONE = "UTC"

# --- Programs ------------------------------------------------------------------------------------------------
REST_FRAMEWORK = {
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["ui.safe_json.SafeJSONParser"],
    "DEFAULT_AUTHENTICATION_CLASSES": ["projects.authentication.TokenAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "ui.problems.exception_handler",
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
    "DEFAULT_THROTTLE_CLASSES": [],
    "URL_FORMAT_OVERRIDE": None,  # `?format=` names the layout of an import
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Goldpan",
    "VERSION": VERSION,
    "DESCRIPTION": "Preference data that a reward model can trust.",
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": "/api/v1",
    # Names that stand for one thing here and for another there.
    "ENUM_NAME_OVERRIDES": {
        "JobState": "jobs.models.State",
        "ProposalState": "annotation.models.CriterionProposal.State",
        "CriterionKind": "curation.models.RubricLine.Kind",
        "KindEnum": "annotation.media.inside.table.KINDS",
        "VersionSource": "annotation.models.RubricVersion.Source",
        "LinesSource": "curation.rubrics.LINES",
    },
}
LOGGING_CONFIG = "ui.logs.configure"
LOGGING = {"level": env.value("LOG_LEVEL", "INFO")}
