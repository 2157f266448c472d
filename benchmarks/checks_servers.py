"""Sites on loopback for `checks`: one port answers after 200 ms, one takes connections and is silent, one refuses."""

import asyncio
import socket
from typing import Any

LATENCY_SECONDS = 0.2
PAGE = b"<p>Welcome</p>"


async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while await reader.readuntil(b"\r\n\r\n"):
            await asyncio.sleep(LATENCY_SECONDS)
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(PAGE), PAGE))
            await writer.drain()
    except (asyncio.IncompleteReadError, ConnectionError):
        writer.close()


def serve(ports: Any) -> None:
    """Put the three ports on the queue and serve until terminated."""
    asyncio.run(serve_for_ever(ports))


async def serve_for_ever(ports: Any) -> None:
    server = await asyncio.start_server(answer, "127.0.0.1", 0, backlog=1024)
    silent = socket.create_server(("127.0.0.1", 0), backlog=1024)
    with socket.create_server(("127.0.0.1", 0)) as closed:
        refusing = closed.getsockname()[1]
    ports.put((server.sockets[0].getsockname()[1], silent.getsockname()[1], refusing))
    await server.serve_forever()
