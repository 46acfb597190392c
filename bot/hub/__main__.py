"""``python -I -m bot.hub --world DIR``: serve a world on loopback until stopped."""

import argparse
import sqlite3
import sys
from pathlib import Path

from bot.hub.errors import BrokenWorld


def main(arguments: list[str] | None = None) -> int:
    """Run the server; print one JSON line with ``url`` and ``pid`` when it is ready.

    Returns 0 after a stop and 2, with one sentence on stderr, when the world cannot be served.
    """
    options = _parser().parse_args(arguments)
    from bot.hub.server.serve import ServeOptions, serve

    try:
        serve(
            ServeOptions(
                world=options.world,
                host=options.host,
                port=options.port,
                lag=options.lag,
                exit_with_stdin=options.exit_with_stdin,
                also_hosts=frozenset(name.lower() for name in options.also_host),
                rest_limit=options.rest_limit,
                graphql_limit=options.graphql_limit,
                record=options.record,
                patience=options.patience,
            )
        )
    except (BrokenWorld, OSError, sqlite3.Error) as error:
        print(error, file=sys.stderr)
        return 2
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -I -m bot.hub", description="Serve an embedded GitHub on loopback."
    )
    parser.add_argument(
        "--world", type=Path, required=True, metavar="DIR", help="folder; created when absent"
    )
    parser.add_argument("--host", default="127.0.0.1", help="loopback address to listen on")
    parser.add_argument("--port", type=int, default=0, help="port; 0 takes a free one")
    parser.add_argument(
        "--lag",
        type=float,
        default=0.25,
        metavar="SECONDS",
        help="how far listings lag behind writes",
    )
    parser.add_argument("--exit-with-stdin", action="store_true", help="stop when stdin ends")
    parser.add_argument(
        "--also-host",
        action="append",
        default=[],
        metavar="NAME",
        help="answer to this Host name too",
    )
    parser.add_argument(
        "--rest-limit",
        type=int,
        default=5000,
        metavar="N",
        help="REST requests per account and hour",
    )
    parser.add_argument(
        "--graphql-limit",
        type=int,
        default=5000,
        metavar="N",
        help="GraphQL points per account and hour",
    )
    parser.add_argument(
        "--record",
        type=Path,
        metavar="FILE",
        help="append every answer as a JSON line, to check it against schemas",
    )
    parser.add_argument(
        "--patience",
        type=float,
        default=30.0,
        metavar="SECONDS",
        help="how long a client may take for a request's head or body",
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
