"""The process around the world: HTTP, tokens, rate limits, the request log, start and stop."""
