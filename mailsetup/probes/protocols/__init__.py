"""The client's side of IMAP, POP3 and submission, as much as a test needs; what a refusal means.

A driver is given its connection, so it knows neither names nor addresses. Only the modules that order a
test may come in.
"""
