"""Runs inside a cell: brings one loopback port to the broker's socket, then starts the agent.

`python -I -S forwarder.py SOCKET PORT COMMAND...`: standard library only, and nothing of ours,
because this file is all of specloop that a cell sees.
"""

import asyncio
import contextlib
import os
import socket
import sys

_CHUNK = 1 << 16


def main() -> None:
    """Listen, leave the forwarding to a process of its own, and become the command."""
    path, port, command = sys.argv[1], int(sys.argv[2]), sys.argv[3:]
    listener = socket.create_server(("127.0.0.1", port))
    middle = os.fork()
    if middle == 0:
        # Twice, so that the agent is not its parent: the cell's first process is, and takes it
        # down when the agent ends.
        if os.fork() == 0:
            _forward(listener, path)
        os._exit(0)
    os.waitpid(middle, 0)
    listener.close()
    try:
        os.execvp(command[0], command)  # noqa: S606
    except OSError as error:
        print(f"{command[0]}: {error.strerror}", file=sys.stderr)
        os._exit(127)


def _forward(listener: socket.socket, path: str) -> None:
    os.setsid()
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in range(3):  # whoever reads the agent's output must see its end
        os.dup2(nowhere, stream)
    asyncio.run(_serve(listener, path))


async def _serve(listener: socket.socket, path: str) -> None:
    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            far_reader, far_writer = await asyncio.open_unix_connection(path)
        except OSError:
            writer.close()  # the broker is gone
            return
        await asyncio.gather(_pump(reader, far_writer), _pump(far_reader, writer))
        writer.close()
        far_writer.close()

    server = await asyncio.start_server(connected, sock=listener)
    await server.serve_forever()


async def _pump(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
    """Copy as it comes until the end of one side, and tell the other side of it."""
    with contextlib.suppress(OSError):
        while data := await source.read(_CHUNK):
            sink.write(data)
            await sink.drain()
        if sink.can_write_eof():
            sink.write_eof()
            return
    sink.close()


if __name__ == "__main__":
    main()
