import unittest

from doorsign import Hours, SignError, Span, parse

MORNING = Span(8 * 60, 12 * 60)
AFTERNOON = Span(13 * 60, 18 * 60)


class Reading(unittest.TestCase):
    def test_a_range_of_days_shares_its_openings(self) -> None:
        both = (MORNING, AFTERNOON)
        expected = Hours((both, both, both, both, both, (), ()))
        self.assertEqual(parse("Mon-Fri 08:00-12:00, 13:00-18:00"), expected)

    def test_a_range_may_go_round_the_weekend(self) -> None:
        week = parse("Sat-Mon 08:00-12:00").week
        self.assertEqual([bool(day) for day in week], [1, 0, 0, 0, 0, 1, 1])

    def test_a_later_rule_replaces_an_earlier_one(self) -> None:
        week = parse("Mon-Fri 08:00-12:00; Wed closed").week
        self.assertEqual((week[1], week[2], week[3]), ((MORNING,), (), (MORNING,)))

    def test_openings_may_come_in_any_order(self) -> None:
        self.assertEqual(parse("Mon 13:00-18:00, 08:00-12:00").week[0], (MORNING, AFTERNOON))

    def test_a_day_may_end_at_midnight(self) -> None:
        self.assertEqual(parse("Sat 18:00-24:00").week[5], (Span(18 * 60, 24 * 60),))


class Refusing(unittest.TestCase):
    def refuses(self, sign: str, message: str) -> None:
        with self.assertRaisesRegex(SignError, message):
            parse(sign)

    def test_an_empty_sign(self) -> None:
        self.refuses(" ; ", "empty")

    def test_a_day_nobody_knows(self) -> None:
        self.refuses("Caturday 08:00-12:00", "'Caturday' is no day; write one of Mon, Tue")

    def test_a_time_no_clock_shows(self) -> None:
        self.refuses("Mon 08:00-12:60", "'12:60' is no time of day")
        self.refuses("Mon 08:00-24:01", "'24:01' is no time of day")

    def test_an_opening_that_is_none(self) -> None:
        self.refuses("Mon from 8 to 12", "'from 8 to 12' is no opening")

    def test_an_opening_of_no_length(self) -> None:
        self.refuses("Mon 08:00-08:00", "'08:00-08:00'")

    def test_openings_that_overlap(self) -> None:
        self.refuses("Mon 08:00-12:00, 11:00-14:00", "08:00-12:00 and 11:00-14:00 overlap")
