from __future__ import annotations

import threading
from collections.abc import Generator
from queue import Queue

import pytest

from thalweg.lab.messages import Field, Grid, Hello, Message, Paths, Probe, Reading, Request, Runs
from thalweg.lab.session import Answer, Session, superseded
from thalweg.lab.worker import Client, Worker

SECONDS = 10


class Gated(Session):
    """A session whose work waits at a gate before every slice, so that a test decides what overtakes what."""

    def __init__(self, slices: int = 1) -> None:
        super().__init__()
        self.slices = slices
        self.gate = threading.Semaphore(0)
        self.begun: Queue[int] = Queue()
        self.log: list[int] = []

    def work(self, request: Request) -> Generator[None, None, Answer]:
        for _ in range(self.slices):
            self.begun.put(request.seq)
            assert self.gate.acquire(timeout=SECONDS)
            self.log.append(request.seq)
            yield
        return superseded(request)


class Page:
    def __init__(self, session: Session) -> None:
        self.answers: Queue[Message] = Queue()
        self.client = Client(session, lambda answer: self.answers.put(answer.message))

    def seqs(self, count: int) -> list[int]:
        return [self.answers.get(timeout=SECONDS).seq for _ in range(count)]


@pytest.fixture
def worker():
    worker = Worker()
    yield worker
    worker.close()


def hello(seq: int) -> Hello:
    return Hello(view="a", seq=seq)


def grid(seq: int, view: str = "a") -> Grid:
    return Grid(view=view, seq=seq, revision=1, box=(0, 1, 0, 1), shape=(2, 2))


def paths(seq: int, view: str = "a") -> Paths:
    return Paths(view=view, seq=seq, revision=1, start=[0, 0], runs=[], max_iterations=1, gtol=0)


def test_a_path_overtakes_a_map_between_two_slices(worker: Worker) -> None:
    session = Gated(slices=3)
    page = Page(session)
    worker.put(page.client, grid(1))
    assert session.begun.get(timeout=SECONDS) == 1
    worker.put(page.client, paths(2))
    for _ in range(6):
        session.gate.release()
    assert page.seqs(2) == [2, 1]
    assert session.log == [1, 2, 2, 2, 1, 1]


def test_of_those_that_wait_only_the_newest_is_worked_on_and_all_are_answered(worker: Worker) -> None:
    session = Gated()
    page = Page(session)
    worker.put(page.client, hello(1))
    session.begun.get(timeout=SECONDS)
    for seq in (2, 3, 4):
        worker.put(page.client, paths(seq))
    for _ in range(2):
        session.gate.release()
    assert page.seqs(4) == [1, 4, 2, 3]
    assert session.log == [1, 4]


def test_what_has_begun_is_finished(worker: Worker) -> None:
    session = Gated()
    page = Page(session)
    worker.put(page.client, paths(1))
    session.begun.get(timeout=SECONDS)
    worker.put(page.client, paths(2))
    for _ in range(2):
        session.gate.release()
    assert page.seqs(2) == [1, 2]


def test_other_kinds_views_and_pages_keep_their_place(worker: Worker) -> None:
    session = Gated()
    page, other = Page(session), Page(session)
    worker.put(page.client, hello(1))
    session.begun.get(timeout=SECONDS)
    worker.put(page.client, paths(2, view="a"))
    worker.put(page.client, paths(3, view="b"))
    worker.put(page.client, grid(4))
    worker.put(page.client, Probe(view="a", seq=5, revision=1, point=[0, 0]))
    worker.put(other.client, paths(6, view="a"))
    for _ in range(6):
        session.gate.release()
    assert page.seqs(5) == [1, 2, 3, 5, 4]
    assert other.seqs(1) == [6]


def test_a_page_that_has_gone_is_forgotten(worker: Worker) -> None:
    session = Gated(slices=2)
    gone, page = Page(session), Page(session)
    worker.put(gone.client, grid(1))
    session.begun.get(timeout=SECONDS)
    worker.put(gone.client, grid(2))
    worker.forget(gone.client)
    worker.put(page.client, grid(3))
    for _ in range(3):
        session.gate.release()
    assert page.seqs(1) == [3]
    assert gone.answers.empty()


def test_an_answer_that_cannot_be_delivered_does_not_stop_the_others(worker: Worker) -> None:
    session = Session()
    page = Page(session)

    def fail(answer: Answer) -> None:
        raise ConnectionError("gone")

    worker.put(Client(session, fail), hello(1))
    worker.put(page.client, hello(2))
    assert page.seqs(1) == [2]


def test_the_answer_to_a_superseded_request_is_of_its_kind_and_says_nothing() -> None:
    probe = Probe(view="a", seq=1, revision=1, point=[0, 0])
    assert isinstance(superseded(paths(1)).message, Runs)
    assert isinstance(superseded(grid(1)).message, Field)
    assert isinstance(superseded(probe).message, Reading)
    assert all(superseded(request).message.seq == 1 for request in (paths(1), grid(1), probe, hello(1)))
