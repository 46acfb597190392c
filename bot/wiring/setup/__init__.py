"""What `specloop init` lays into a checkout, and how."""
