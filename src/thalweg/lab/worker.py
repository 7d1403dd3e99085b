"""The one thread that computes for the pages, so that neither a socket nor a notebook's kernel waits for it.

Work comes in slices (the session's generators); between two slices the most urgent request goes first, so a path
overtakes a map that is being computed.  Of the requests of one kind that wait for one view, only the newest is worked
on.  One thread for all pages of a program: a user's function is never called twice at once.
Not here: what the answers are (`session.py`).
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Generator
from dataclasses import dataclass, field

from thalweg.lab.messages import Advise, Grid, Hello, Open, Paths, Predict, Probe, Request
from thalweg.lab.session import Answer, Session, superseded

_URGENCY: dict[type[Request], int] = {Hello: 0, Open: 0, Paths: 1, Predict: 2, Probe: 2, Grid: 3, Advise: 4}
_ONLY_NEWEST_COUNTS = (Paths, Advise, Predict, Probe, Grid)

_log = logging.getLogger(__name__)


@dataclass(frozen=True, eq=False)
class Client:
    """A page: its session, and how an answer reaches it (called in the worker's thread)."""

    session: Session
    deliver: Callable[[Answer], None]


@dataclass(eq=False)
class _Job:
    client: Client
    request: Request
    order: int
    work: Generator[None, None, Answer]
    started: bool = False
    replaced: list[Request] = field(default_factory=list[Request])
    """Requests whose place this one has taken."""


class Worker:
    """Answers the requests of any number of clients in a thread of its own, which starts with the first request."""

    def __init__(self) -> None:
        self._change = threading.Condition()
        self._jobs: list[_Job] = []
        self._put = 0
        self._thread: threading.Thread | None = None
        self._closed = False

    def put(self, client: Client, request: Request) -> None:
        """Have the request answered; returns at once."""
        with self._change:
            if self._closed:
                return
            self._put += 1
            job = _Job(client, request, self._put, client.session.work(request))
            for waiting in self._jobs:
                if _takes_the_place_of(job, waiting):
                    self._jobs.remove(waiting)
                    job.replaced = [*waiting.replaced, waiting.request]
                    break
            self._jobs.append(job)
            self._change.notify()
            if self._thread is None:
                # A daemon: a user's function that never returns must not keep the program alive.
                self._thread = threading.Thread(target=self._run, name="thalweg-lab", daemon=True)
                self._thread.start()

    def forget(self, client: Client) -> None:
        """Drop what a client has asked for: it has gone."""
        with self._change:
            self._jobs = [job for job in self._jobs if job.client is not client]

    def close(self) -> None:
        """Take no more requests, and end the thread after the slice it is in."""
        with self._change:
            self._closed = True
            self._jobs.clear()
            self._change.notify()

    def _run(self) -> None:
        while (job := self._most_urgent()) is not None:
            try:
                next(job.work)
            except StopIteration as done:
                self._finish(job, done.value)

    def _most_urgent(self) -> _Job | None:
        with self._change:
            while not self._jobs and not self._closed:
                self._change.wait()
            if self._closed:
                return None
            job = min(self._jobs, key=lambda job: (_URGENCY[type(job.request)], job.order))
            job.started = True
            return job

    def _finish(self, job: _Job, answer: Answer) -> None:
        with self._change:
            if job not in self._jobs:
                return
            self._jobs.remove(job)
        try:
            job.client.deliver(answer)
            # A page counts what is in flight: every request gets its answer, and a late one is dropped unread.
            for request in job.replaced:
                job.client.deliver(superseded(request))
        except Exception:
            _log.exception("an answer could not be delivered")


def _takes_the_place_of(new: _Job, waiting: _Job) -> bool:
    return (
        new.client is waiting.client
        and type(new.request) is type(waiting.request)
        and isinstance(new.request, _ONLY_NEWEST_COUNTS)
        and new.request.view == waiting.request.view
        and not waiting.started
    )
