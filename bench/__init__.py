"""Measures specloop on this machine: `make bench` writes docs/benchmarks.md."""
