"""Clients that ask at a constant rate, whether they are answered or not, or in turn; in a process of their own.

    python -m tests.faults.open_loop HOST PORT SECONDS rate|clients NUMBER PATH...

prints a line of JSON for each request: its status, null where it was broken off; Retry-After; the seconds it took.
"""

import asyncio
import json
import sys
import time
from itertools import cycle

GIVEN_UP_AFTER_S = 30


class Clients:
    """Clients that ask one question after another, on a connection for each, and keep what became of it."""

    def __init__(self, host, port, paths):
        self._host, self._port, self._paths = host, port, cycle(paths)
        self.answers = []

    async def at_rate(self, a_second, *, seconds):
        """Ask so many times a second, whatever becomes of what was asked before."""
        began = time.monotonic()
        async with asyncio.TaskGroup() as asked:
            for number in range(round(a_second * seconds)):
                if (pause := began + number / a_second - time.monotonic()) > 0:
                    await asyncio.sleep(pause)
                asked.create_task(self._ask())

    async def in_turn(self, clients, *, seconds):
        """Have so many clients ask, each as soon as it was answered."""
        end = time.monotonic() + seconds

        async def ask_on():
            while time.monotonic() < end:
                await self._ask()

        await asyncio.gather(*(ask_on() for _ in range(clients)))

    async def _ask(self):
        began = time.monotonic()
        try:
            answer = await asyncio.wait_for(self._answer(next(self._paths)), GIVEN_UP_AFTER_S)
        except (OSError, TimeoutError, IndexError):
            answer = None, None
        self.answers.append((*answer, time.monotonic() - began))

    async def _answer(self, path):
        reader, writer = await asyncio.open_connection(self._host, self._port)
        writer.write(f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
        answer = await reader.read(-1)
        writer.close()
        status, *lines = answer.partition(b"\r\n\r\n")[0].decode().split("\r\n")
        headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
        return int(status.split()[1]), headers.get("retry-after")


async def main(host, port, seconds, how, number, *paths):
    clients = Clients(host, int(port), paths)
    if how == "rate":
        await clients.at_rate(float(number), seconds=float(seconds))
    else:
        await clients.in_turn(int(number), seconds=float(seconds))
    for answer in clients.answers:
        print(json.dumps(answer))


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
