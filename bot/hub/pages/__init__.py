"""Pages a person can read: rendered on the server, GET only, without scripts or live with one.

`door` tells a page request from an API request and stays cheap to import; the rest is imported
when somebody opens the first page.
"""
