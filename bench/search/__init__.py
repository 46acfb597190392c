"""What the search is asked, and what it is asked of."""
