"""The ASGI entry for granian."""

# Django is ready once this is there, and what follows needs it.
from portal.wsgi import application as in_threads

# isort: split
from mailsetup.discovery.dns_watch import watcher
from mailsetup.discovery.index import follower
from portal.gate import Gate

follower.start()
watcher.start()
application = Gate(in_threads)
