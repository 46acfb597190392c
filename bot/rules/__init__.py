"""Pure decisions over the domain: no clock, no input or output."""
