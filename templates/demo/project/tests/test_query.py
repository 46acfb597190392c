import unittest
from datetime import datetime

from doorsign import is_open, parse

FRIDAY, SATURDAY = 3, 4  # of May 2024


class Asking(unittest.TestCase):
    def setUp(self) -> None:
        self.hours = parse("Mon-Fri 08:00-12:00, 13:00-18:00")

    def open_at(self, day: int, hour: int, minute: int = 0) -> bool:
        return is_open(self.hours, datetime(2024, 5, day, hour, minute))

    def test_the_first_minute_is_open_and_the_last_is_not(self) -> None:
        self.assertFalse(self.open_at(FRIDAY, 7, 59))
        self.assertTrue(self.open_at(FRIDAY, 8))
        self.assertTrue(self.open_at(FRIDAY, 17, 59))
        self.assertFalse(self.open_at(FRIDAY, 18))

    def test_lunch_is_sacred(self) -> None:
        self.assertFalse(self.open_at(FRIDAY, 12, 30))

    def test_a_day_without_a_rule_is_closed(self) -> None:
        self.assertFalse(self.open_at(SATURDAY, 10))
