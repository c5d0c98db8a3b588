"""Start a connection test, watch it, take its result along."""
