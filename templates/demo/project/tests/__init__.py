"""Run with `python3 -m unittest discover -s tests -t .`; it takes less than a second."""
