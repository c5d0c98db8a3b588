"""The ASGI entry for granian."""

from portal.gate import Gate
from portal.wsgi import application as in_threads

application = Gate(in_threads)
