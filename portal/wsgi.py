"""Django, as portal.asgi runs it in threads."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")

application = get_wsgi_application()

# Models and settings have to be there first.
from mailsetup.connection_tests import clearing  # noqa: E402
from portal.database import refuse_one_of_before  # noqa: E402

refuse_one_of_before()
# The process before this one may have died with a password sealed.
clearing.watch()
