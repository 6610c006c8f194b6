"""Rate limits for requests that arrive as a stream."""
