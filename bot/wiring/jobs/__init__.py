"""An iteration in jobs: who writes notes orders, who thinks carries them out, each on its own."""
