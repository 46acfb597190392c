"""The README's examples are run: documentation that lies is a failing test."""

import doctest
import unittest
from pathlib import Path

README = Path(__file__).parent.parent / "README.md"


def load_tests(
    loader: unittest.TestLoader, tests: unittest.TestSuite, pattern: str | None
) -> unittest.TestSuite:
    tests.addTests(doctest.DocFileSuite(str(README), module_relative=False))
    return tests
