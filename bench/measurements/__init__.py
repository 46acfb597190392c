"""The measurements, one file each; each yields its rows of the table."""
