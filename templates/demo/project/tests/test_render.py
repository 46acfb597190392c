import unittest

from doorsign import parse, render


class TheLine(unittest.TestCase):
    def test_days_that_agree_are_joined(self) -> None:
        hours = parse("Mon,Tue,Wed 08:00-12:00; Fri 08:00-12:00")
        self.assertEqual(
            render(hours), "Mon-Wed 08:00-12:00; Thu closed; Fri 08:00-12:00; Sat-Sun closed"
        )

    def test_what_is_written_reads_back_the_same(self) -> None:
        for sign in ("Mon-Sun closed", "Sat-Mon 00:00-24:00", "Wed 08:00-12:00, 13:00-18:00"):
            with self.subTest(sign):
                self.assertEqual(parse(render(parse(sign))), parse(sign))


class Formats(unittest.TestCase):
    def test_an_unknown_format_is_refused_by_name(self) -> None:
        with self.assertRaisesRegex(ValueError, "no format 'gothic'; there is line"):
            render(parse("Mon closed"), "gothic")
