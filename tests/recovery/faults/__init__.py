"""What goes wrong at a point, besides the death of the process: each border lays its own faults."""
