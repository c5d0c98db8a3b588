"""Django, as portal.asgi runs it in threads."""

import os

from django.core.wsgi import get_wsgi_application

from portal.starting import in_one_sentence, refuse_to_start_in_vain

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")

with in_one_sentence():
    application = get_wsgi_application()
    refuse_to_start_in_vain()

# Models and settings have to be there first.
from mailsetup.connection_tests import clearing

# The process before this one may have died with a password sealed.
clearing.watch()
