"""The live test of a mail configuration: settings in, findings out. The only room that opens sockets.

`findings` may be read by everybody above. All the rest is for the runner alone, so that no web request
can wait for a mail server. Plain Python: no Django, no Celery, no database.
"""
