"""The one place that chooses adapters: which tracker, which agent, which folders."""
