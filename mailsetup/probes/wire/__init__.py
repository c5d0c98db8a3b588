"""Bytes on the network: look-up and connection, lines, TLS, certificates. Knows no mail protocol.

Only the protocols and the modules that order a test may come in; nothing above probes opens a socket.
"""
