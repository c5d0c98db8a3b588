"""What `make run` shows: a mail server for the demo domain and the supervisor that starts everything."""
