"""The nouns of specloop: frozen values made of the standard library alone."""
