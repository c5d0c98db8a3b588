"""The environment of the tests: loaded by pytest (-p) before Django reads its settings."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

_STATE = Path(tempfile.mkdtemp(prefix="mailway-test-"))
atexit.register(shutil.rmtree, _STATE, ignore_errors=True)

# Before Django reads its settings: nothing from the developer's own environment or .env counts.
os.environ.update(
    {
        "SECRET_KEY": "a secret key for tests only",
        "CREDENTIALS_KEY": "dGVzdHMtb25seS10ZXN0cy1vbmx5LXRlc3RzLW9ubHk=",
        "DEBUG": "false",
        "HTTPS_ONLY": "false",
        "PORTAL_HOSTS": "testserver localhost 127.0.0.1",
        "DATABASE_URL": f"sqlite:///{_STATE}/test.sqlite3",
        "CELERY_BROKER_URL": f"filesystem://{_STATE}/broker",
        "CACHE_URL": "locmemcache://",
        "EMAIL_URL": "memorymail://",
        "STATIC_ROOT": str(_STATE / "static"),
        "BRAND_NAME": "Northwind Hosting",
        "LOG_LEVEL": "WARNING",
    }
)
