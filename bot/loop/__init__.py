"""The loop: six phases from frozen values to frozen values, and what carries them over a crash."""
