import io
import unittest
from contextlib import redirect_stderr, redirect_stdout

from doorsign.__main__ import main


class Terminal(unittest.TestCase):
    def answer(self, *arguments: str) -> tuple[int, str]:
        said = io.StringIO()
        with redirect_stdout(said), redirect_stderr(said):
            code = main(arguments)
        return code, said.getvalue().strip()

    def test_the_exit_code_says_what_the_word_says(self) -> None:
        sign = "Mon-Fri 09:00-17:00"
        self.assertEqual(self.answer(sign, "--at", "2024-05-03T16:00"), (0, "open"))
        self.assertEqual(self.answer(sign, "--at", "2024-05-04T16:00"), (1, "closed"))

    def test_the_hours_can_be_written_instead(self) -> None:
        self.assertEqual(self.answer("Mon-Sun closed", "--as", "line"), (0, "Mon-Sun closed"))

    def test_a_sign_nobody_can_read(self) -> None:
        code, said = self.answer("whenever")
        self.assertEqual((code, said.startswith("doorsign: ")), (2, True))
