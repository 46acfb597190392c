"""``python -I -m bot.broker FOLDER``: hold keys and answer, until standard input ends."""

import sys
from pathlib import Path

from bot.broker.serve import serve

if __name__ == "__main__":
    serve(Path(sys.argv[1]))
