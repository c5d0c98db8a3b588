"""The live test of a mail configuration: settings in, findings out. The only room that opens sockets.

Everybody above may read `findings` and `app_settings`. All the rest is for the runner alone, so that no web
request can wait for a mail server; nothing is imported here, so that a web process does not even load it.
Plain Python: no Django, no Celery, no database.
"""
