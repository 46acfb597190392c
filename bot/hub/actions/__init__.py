"""Workflows of repositories: their runs and artifacts, and the setting. Nothing is executed here.

Whoever runs workflows takes the runs at the hub's own addresses (``runner_routes``).
"""
