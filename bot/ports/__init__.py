"""What the loop needs of the world: small Protocols, written by their consumer."""
