"""Doors for mail programs, which ask without signing in, and files that a person downloads for them."""
