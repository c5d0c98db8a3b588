"""Every setting, from the environment only. docs/configuration.md explains them; a test holds both."""

import base64
import hashlib
import re
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import django_stubs_ext
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from accounts.app_settings import AccountSettings
from accounts.brands import style_of
from mailsetup.comparison.app_settings import ComparisonSettings
from mailsetup.connection_tests.app_settings import ConnectionTestSettings
from mailsetup.discovery.app_settings import DiscoverySettings
from mailsetup.guides.app_settings import GuideSettings
from mailsetup.hosting.app_settings import HostingSettings
from mailsetup.probes.app_settings import ProbeSettings
from mailsetup.setup_links.app_settings import SetupLinkSettings
from mailsetup.support.app_settings import SupportSettings
from mailsetup.watch.app_settings import WatchSettings
from portal import environment
from portal.app_settings import PortalSettings
from portal.environment import env

# Lets admin classes and forms say which model they are for: `ModelAdmin[User]`.
django_stubs_ext.monkeypatch()

BASE_DIR = Path(__file__).resolve().parent.parent
env.read_env(BASE_DIR / ".env")

# --- Limits and lifetimes, one line a room -------------------------------------------------------
ACCOUNTS = environment.room(AccountSettings)
COMPARISON = environment.room(ComparisonSettings)
CONNECTION_TESTS = environment.room(ConnectionTestSettings)
DISCOVERY = environment.room(DiscoverySettings)
GUIDES = environment.room(GuideSettings)
HOSTING = environment.room(HostingSettings)
PROBES = environment.room(ProbeSettings)
SETUP_LINKS = environment.room(SetupLinkSettings)
WATCH = environment.room(WatchSettings)
SUPPORT = environment.room(SupportSettings)
PORTAL = environment.room(PortalSettings)

# A test may wait for the database once more after its own deadlines, to write its last step.
_LONGEST_TEST_SECONDS = PROBES.longest_test_seconds + PORTAL.database_lock_seconds
if CONNECTION_TESTS.test_lost_seconds <= _LONGEST_TEST_SECONDS:
    raise ImproperlyConfigured(
        f"TEST_LOST_SECONDS can't be used: it is {CONNECTION_TESTS.test_lost_seconds}, and a test that is "
        f"not lost may take {_LONGEST_TEST_SECONDS:g} (PROBE_OVERALL_SECONDS, PROBE_ARRIVE_SECONDS and "
        "DATABASE_LOCK_SECONDS together)."
    )

# --- The portal itself -------------------------------------------------------------------------
DEBUG = environment.boolean("DEBUG", default=False)
HTTPS_ONLY = environment.boolean("HTTPS_ONLY", default=not DEBUG)
# Everybody can read these two here.
_DEVELOPMENT_SECRET = "only-for-development"  # noqa: S105
_DEVELOPMENT_KEY = "a2V5LW9mLWRldmVsb3BtZW50LW9ubHktMzItYnl0ZXM="
SECRET_KEY = env.str("SECRET_KEY", default=_DEVELOPMENT_SECRET if DEBUG else "")
if not SECRET_KEY or (SECRET_KEY == _DEVELOPMENT_SECRET and not DEBUG):
    raise ImproperlyConfigured("SECRET_KEY is not set: give it a long random text that nobody else knows.")
PORTAL_HOSTS = environment.words("PORTAL_HOSTS", default="localhost 127.0.0.1 [::1]")
if not DEBUG and any("*" in host or host.startswith(".") for host in PORTAL_HOSTS):
    raise ImproperlyConfigured(
        "PORTAL_HOSTS can't be used: name the portal's own hosts. With a pattern anybody could have a mail "
        "sent in your name whose link leads to a host of theirs."
    )
PORTAL_URL = env.str("PORTAL_URL", default="")
# Mail programs ask under every customer's domain name, so the host check is ours: portal.middleware.
ALLOWED_HOSTS = ["*"]
TRUSTED_PROXY_COUNT = environment.number("TRUSTED_PROXY_COUNT", default=0)

BRAND: dict[str, str] = {
    "name": env.str("BRAND_NAME", default="Mailway"),
    "support_phone": env.str("SUPPORT_PHONE", default=""),
    "support_url": env.str("SUPPORT_URL", default=""),
    "support_hours": env.str("SUPPORT_HOURS", default=""),
    "privacy_url": env.str("PRIVACY_URL", default=""),
    "colour": environment.parsed("BRAND_COLOUR", environment.colour),
    "logo": environment.parsed(
        "BRAND_LOGO", partial(environment.image, max_bytes=PORTAL.brand_logo_max_bytes)
    ),
}

INSTALLED_APPS = [
    "portal",
    "accounts",
    "mailsetup.home",
    "mailsetup.support",
    "mailsetup.watch",
    "mailsetup.connection_tests",
    "mailsetup.guides",
    "mailsetup.discovery",
    "mailsetup.setup_links",
    "mailsetup.hosting",
    "portal.apps.AdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.usersessions",
    "csp",
    "django_htmx",
    "hijack",
    "template_partials",
]

MIDDLEWARE = [
    "portal.middleware.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "portal.middleware.PrivateByDefaultMiddleware",
    "portal.middleware.BodyMiddleware",
    "portal.middleware.HostMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "portal.middleware.SessionActivityMiddleware",
    "hijack.middleware.HijackUserMiddleware",
    "accounts.middleware.StaffSessionMiddleware",
    "accounts.middleware.SupportVisitMiddleware",
    "accounts.middleware.StaffSecondFactorMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]

ROOT_URLCONF = "portal.urls"
WSGI_APPLICATION = "portal.wsgi.application"

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
                "portal.context_processors.brand",
                "accounts.context_processors.account_limits",
            ],
            "builtins": [
                "django.templatetags.i18n",
                "django.templatetags.static",
                "template_partials.templatetags.partials",
                "components.templatetags.components",
                "mailsetup.guides.templatetags.guide_steps",
            ],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
# The field group of every form is ours: templates/django/forms/field.html.
INSTALLED_APPS += ["django.forms"]

LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English"))]
# With one language alone nothing is looked up: a tenth of the time that a page takes.
USE_I18N = len(LANGUAGES) > 1
USE_TZ = True
TIME_ZONE = env.str("TIME_ZONE", default="UTC")
FORMAT_MODULE_PATH = "portal.dates"

# --- Data ----------------------------------------------------------------------------------------
_DATABASE: dict[str, Any] = environment.parsed(
    "DATABASE_URL", environment.database, f"sqlite:///{BASE_DIR / 'var' / 'mailway.sqlite3'}"
)
if _DATABASE["ENGINE"] == "django.db.backends.sqlite3":
    environment.keep_private(Path(_DATABASE["NAME"]))
    # WAL lets readers go on while the worker writes; IMMEDIATE waits for its turn instead of failing
    # half way through a transaction.
    _DATABASE["OPTIONS"] = {
        "timeout": PORTAL.database_lock_seconds,
        "transaction_mode": "IMMEDIATE",
        # A deleted row is overwritten; the log keeps it for a while, which the second key is for.
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA secure_delete=ON;",
    }
elif _DATABASE["ENGINE"] == "django.db.backends.postgresql":
    # Celery closes its connection after every task; from a pool that costs nothing.
    _DATABASE.setdefault("OPTIONS", {})["pool"] = {
        "min_size": PORTAL.database_pool_min_count,
        "max_size": PORTAL.database_pool_max_count,
        "timeout": PORTAL.database_pool_wait_seconds,
    }
DATABASES = {"default": _DATABASE}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
_LOCAL_CACHE = "django.core.cache.backends.locmem.LocMemCache"


def _local_cache(name: str, entries: int) -> dict[str, Any]:
    return {"BACKEND": _LOCAL_CACHE, "LOCATION": name, "OPTIONS": {"MAX_ENTRIES": entries}}


# Rate limits are in "default", where allauth looks. What strangers make us remember is elsewhere, in each
# process' own memory: invented domains and session cookies must push no limit out.
CACHES = {
    "default": environment.parsed("CACHE_URL", env.cache_url_config, "locmemcache://"),
    "mx": _local_cache("mx", HOSTING.mx_cache_count),
    "dns": _local_cache("dns", DISCOVERY.dns_looks_count),
    "sessions": _local_cache("sessions", PORTAL.session_activity_count),
}
if CACHES["default"]["BACKEND"] == _LOCAL_CACHE:
    CACHES["default"] = _local_cache("default", PORTAL.rate_limits_count)

# --- Mail that the portal itself sends: codes, resets, invitations --------------------------------
vars().update(environment.parsed("EMAIL_URL", env.email_url_config, "consolemail://"))
EMAIL_TIMEOUT = ACCOUNTS.mail_timeout_seconds
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="noreply@localhost")

# --- The worker ------------------------------------------------------------------------------------
CELERY_BROKER_URL = env.str("CELERY_BROKER_URL", default=f"filesystem://{BASE_DIR / 'var' / 'broker'}")
if CELERY_BROKER_URL.startswith("filesystem://"):
    _BROKER = Path(CELERY_BROKER_URL.removeprefix("filesystem://"))
    for _folder in ("messages", "control"):
        environment.make_private_folder(_BROKER / _folder)
    CELERY_BROKER_URL = "filesystem://"
    CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, Any] = {
        "data_folder_in": str(_BROKER / "messages"),
        "data_folder_out": str(_BROKER / "messages"),
        "control_folder": str(_BROKER / "control"),
        "polling_interval": PORTAL.broker_polling_seconds,
    }
else:
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "socket_connect_timeout": PORTAL.broker_connect_seconds,
        "socket_timeout": PORTAL.broker_answer_seconds,
        "max_retries": 0,
    }
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_DEFAULT_QUEUE = "default"
CELERY_TASK_ROUTES = {"mailsetup.connection_tests.tasks.run_connection_test": {"queue": "probes"}}
CELERY_TASK_PUBLISH_RETRY = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TIMEZONE = TIME_ZONE

# --- Connection tests ------------------------------------------------------------------------------
CREDENTIALS_KEY = env.str("CREDENTIALS_KEY", default=_DEVELOPMENT_KEY if DEBUG else "")
if not re.fullmatch(r"[A-Za-z0-9_-]{43}=", CREDENTIALS_KEY) or (
    CREDENTIALS_KEY == _DEVELOPMENT_KEY and not DEBUG
):
    raise ImproperlyConfigured(
        "CREDENTIALS_KEY must be a Fernet key: 32 random bytes in URL-safe base64, other than SECRET_KEY."
    )
PROBE_ALLOWED_NETWORKS = environment.parsed("PROBE_ALLOWED_NETWORKS", environment.networks)
PROBE_CA_FILE = environment.parsed("PROBE_CA_FILE", environment.readable_file)
PROBE_RESOLVER = environment.parsed("PROBE_RESOLVER", environment.resolver)
PROBE_HOSTS = environment.parsed("PROBE_HOSTS", environment.hosts)

# --- The watch -------------------------------------------------------------------------------------
WATCH_MAIL_TO = environment.parsed("WATCH_MAIL_TO", environment.mail_addresses)

# --- Signed profiles -------------------------------------------------------------------------------
PROFILE_SIGNING_CERT = environment.parsed("PROFILE_SIGNING_CERT", environment.readable_file)
PROFILE_SIGNING_KEY = environment.parsed("PROFILE_SIGNING_KEY", environment.readable_file)
PROFILE_SIGNING_CHAIN = environment.parsed("PROFILE_SIGNING_CHAIN", environment.readable_file)

# --- Static files ----------------------------------------------------------------------------------
STATIC_URL = "static/"
STATIC_ROOT = Path(env.str("STATIC_ROOT", default=str(BASE_DIR / "var" / "static")))
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}

# --- Security --------------------------------------------------------------------------------------
_BRAND_STYLE = style_of(BRAND["colour"])
_BRAND_HASH = base64.b64encode(hashlib.sha256(_BRAND_STYLE.encode()).digest()).decode()
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        # One rule in each page, with the brand's colour.
        "style-src": [SELF, f"'sha256-{_BRAND_HASH}'"] if _BRAND_STYLE else [SELF],
        "img-src": [SELF, "data:"],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS_ONLY
if HTTPS_ONLY:
    # No other host of the hoster's domain can set one of these names (RFC 6265bis section 4.1.3.2).
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-sessionid", "__Host-csrftoken"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
# The token in the address of a set-up link must not leave with a click on a foreign link.
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
X_FRAME_OPTIONS = "DENY"
# Under the portal's own names (portal.middleware). Health checks and mail programs come by HTTP too.
SECURE_SSL_REDIRECT = environment.boolean("HTTPS_REDIRECT", default=False)
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$", r"(?i)^(mail|v1\.1|\.well-known|autodiscover)/"]
SECURE_HSTS_SECONDS = PORTAL.hsts_seconds
# What we ask of a deployment is in portal.checks, with the names that our settings have. Of Django's warnings
# W004 and W008 are said there, W005 and W021 ask for other hosts below the portal's name, which are not ours
# to decide on, and W001 does not recognise a subclass of the middleware.
SILENCED_SYSTEM_CHECKS = [f"security.W{number}" for number in ("001", "004", "005", "008", "021")]
if TRUSTED_PROXY_COUNT:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
CSRF_FAILURE_VIEW = "portal.views.csrf_failure"
DATA_UPLOAD_MAX_MEMORY_SIZE = PORTAL.request_body_max_bytes
# Nobody uploads a file here, so what is sent as one is read past and never written to the disk.
FILE_UPLOAD_HANDLERS: list[str] = []

# --- Sign-in ---------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS: list[dict[str, Any]] = [
    {"NAME": f"accounts.passwords.{name}"}
    for name in ("SimilarityValidator", "LengthValidator", "CommonValidator")
]
AUTH_PASSWORD_VALIDATORS[1]["OPTIONS"] = {"min_length": ACCOUNTS.password_min_characters}
PASSWORD_RESET_TIMEOUT = int(timedelta(days=ACCOUNTS.password_reset_days).total_seconds())
SESSION_COOKIE_AGE = int(timedelta(days=ACCOUNTS.session_days).total_seconds())
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = LOGOUT_REDIRECT_URL = "/"

SIGNUP_OPEN = environment.boolean("SIGNUP_OPEN", default=False)
ALLAUTH_TRUSTED_PROXY_COUNT = TRUSTED_PROXY_COUNT
ACCOUNT_ADAPTER = "accounts.adapters.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_FORMS = {
    "add_email": "accounts.forms.ChangeAddressForm",
    "change_password": "accounts.forms.ChangePasswordForm",
    "confirm_email_verification_code": "accounts.forms.ConfirmAddressForm",
    "confirm_login_code": "accounts.forms.ConfirmLoginCodeForm",
    "login": "accounts.forms.LoginForm",
    "reauthenticate": "accounts.forms.ReauthenticateForm",
    "request_login_code": "accounts.forms.RequestLoginCodeForm",
    "reset_password": "accounts.forms.ResetPasswordForm",
    "reset_password_from_key": "accounts.forms.ResetPasswordKeyForm",
    "set_password": "accounts.forms.SetPasswordForm",
    "signup": "accounts.forms.SignUpForm",
}
# The other limits of allauth stand.
ACCOUNT_RATE_LIMITS = {
    "login_failed": f"10/m/ip,{ACCOUNTS.sign_in_tries_limit}/{ACCOUNTS.sign_in_pause_minutes}m/key",
    "invite": f"{ACCOUNTS.invitations_per_hour_limit}/h/user",
    # allauth's own "manage_email" counts the form, also the one that waits for the password.
    "manage_email": None,
    "change_address": f"{ACCOUNTS.address_changes_per_hour_limit}/h/user",
    # As often as a code to sign in with.
    "confirm_email": "3/m/key",
}
ACCOUNT_LOGIN_TIMEOUT = ACCOUNTS.sign_in_minutes * 60
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = ACCOUNTS.reauthentication_seconds
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
# One address a person, and a new one counts when its code is typed where it was asked for: nothing of a claim
# is stored before. allauth refuses a change by a link to whoever has a second factor (allauth.mfa.signals).
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_TIMEOUT = ACCOUNTS.sign_in_code_minutes * 60
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_MAX_ATTEMPTS = ACCOUNTS.code_tries_limit
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_EMAIL_NOTIFICATIONS = True
# Whoever asks for an address that has no account here must not learn that it has none. The mail about it
# takes its time and is then sent to nobody (accounts.adapters).
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = True
# A session lasts for SESSION_DAYS without a question about it.
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = ACCOUNTS.sign_in_code_minutes * 60
ACCOUNT_LOGIN_BY_CODE_MAX_ATTEMPTS = ACCOUNTS.code_tries_limit
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if HTTPS_ONLY else "http"

# Support sees every customer.
STAFF_SECOND_FACTOR_REQUIRED = not DEBUG
MFA_ADAPTER = "accounts.adapters.MFAAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_FORMS = {
    "activate_totp": "accounts.forms.ActivateTOTPForm",
    "add_webauthn": "accounts.forms.AddWebAuthnForm",
    "authenticate": "accounts.forms.AuthenticateForm",
    "authenticate_webauthn": "accounts.forms.AuthenticateWebAuthnForm",
    "edit_webauthn": "accounts.forms.EditWebAuthnForm",
    "login_webauthn": "accounts.forms.LoginWebAuthnForm",
    "reauthenticate": "accounts.forms.ReauthenticateByFactorForm",
    "reauthenticate_webauthn": "accounts.forms.ReauthenticateWebAuthnForm",
}
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = BRAND["name"]
MFA_TOTP_TOLERANCE = ACCOUNTS.totp_tolerance_seconds // 30  # in steps (RFC 6238 section 5.2)
# Browsers offer passkeys on http://localhost too; the library wants to be told.
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = DEBUG
USERSESSIONS_TRACK_ACTIVITY = True

SOCIALACCOUNT_FORMS = {
    "disconnect": "accounts.forms.DisconnectForm",
    "signup": "accounts.forms.SocialSignUpForm",
}
SOCIALACCOUNT_ADAPTER = "accounts.adapters.SocialAccountAdapter"
# An address that a provider claims opens nobody's account: people connect a provider when signed in.
SOCIALACCOUNT_EMAIL_AUTHENTICATION = False


def _openid_providers(text: str) -> list[dict[str, Any]]:
    """A JSON list of objects; keys beside the five that are needed are allauth's own, such as `uid_field`."""
    providers = []
    for entry in environment.json_list(text):
        for name in ("provider_id", "name", "server_url", "client_id", "secret"):
            if not entry.get(name):
                raise ValueError(f"a provider has no {name}.")
        providers.append(
            {name: entry.pop(name) for name in ("provider_id", "name", "client_id", "secret")}
            | {"settings": entry}
        )
    return providers


SOCIALACCOUNT_PROVIDERS = {
    "openid_connect": {
        "APPS": environment.parsed("OIDC_PROVIDERS", _openid_providers),
        "OAUTH_PKCE_ENABLED": True,
        "provider_class": "accounts.adapters.OpenIDConnectProvider",
    }
}

# Support looks at the portal as a customer: the banner is in our own pages, nothing is put into others.
HIJACK_INSERT_BEFORE = None

# --- Logging: one line each on stderr; never a request's body, nor a token of an address -------------
LOGGING_CONFIG = "portal.logs.configure"
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": env.str("LOG_LEVEL", default="INFO")},
    "loggers": {
        "django": {"handlers": [], "propagate": True},
        # It warns that a broker of files has no host name; everything worse still comes through.
        "kombu.connection": {"level": "ERROR"},
        # Anybody can send one, and each would be a page of our code. The answer is 400.
        "django.security.DisallowedHost": {"level": "CRITICAL"},
        # At DEBUG it writes down each task's whole message.
        "celery.pool": {"level": "INFO"},
    },
}
