"""The desk: find who is on the telephone, and say what is so, from one page."""
