"""System state: records on one git ref per milestone."""
