"""Rehearsing a milestone: the same decisions from the recorded answers, in a world of its own."""
