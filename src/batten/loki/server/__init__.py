"""The HTTP server: routes, the one writer, the pool that queries run in, metrics."""
