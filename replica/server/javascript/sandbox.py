"""QuickJS behind threads of its own, with limits.

A QuickJS context may be entered only by the thread that made it (its stack guard is an address of that
thread), while a request may come on any thread. So contexts live in a few script threads, and a call is a
message there and back. A call that runs too long, eats too much or recurses too deep loses its context: the
next call starts from a fresh one.
"""

from __future__ import annotations

import hashlib
import json
import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from queue import SimpleQueue
from typing import Any, TypeVar, cast

import quickjs

from replica.errors import ReplicaError

T = TypeVar("T")

PRELUDE = (Path(__file__).parent / "couch.js").read_text(encoding="utf-8")
# Contexts kept warm per thread; one is about 200 kB.
WARM_CONTEXTS = 64


class ScriptFailure(ReplicaError):
    """What a design function threw; `error` is the name that it gave."""

    def __init__(self, error: str, reason: str, status: int = 500) -> None:
        super().__init__(reason)
        self.error = error
        self.status = status


class ScriptLimit(ScriptFailure):
    """The script was stopped: time, memory or stack (CouchDB's `os_process_error`)."""

    def __init__(self, reason: str) -> None:
        super().__init__("os_process_error", reason)


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Of one call: processor seconds, bytes of heap, bytes of stack."""

    seconds: float = 5.0
    memory_bytes: int = 64 << 20
    stack_bytes: int = 1 << 20


@dataclass(frozen=True, slots=True)
class Program:
    """A design document as its functions see it through `this` and `require`."""

    ddoc_text: str
    key: bytes = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "key", hashlib.blake2b(self.ddoc_text.encode(), digest_size=16).digest())


class _Errand:
    """Work for a script thread, and the place where its outcome is left."""

    __slots__ = ("done", "failure", "result", "work")

    def __init__(self, work: Callable[[], Any]) -> None:
        self.work = work
        self.result: Any = None
        self.failure: BaseException | None = None
        self.done = threading.Lock()
        self.done.acquire()


class _Context:
    """One QuickJS context and the functions of its `couch` object, fetched once."""

    __slots__ = ("_context", "_functions")

    def __init__(self, program: Program, limits: Limits) -> None:
        self._context = quickjs.Context()
        self._context.set_memory_limit(limits.memory_bytes)
        self._context.set_max_stack_size(limits.stack_bytes)
        self._context.set_time_limit(limits.seconds)
        self._context.eval(PRELUDE)
        self._functions: dict[str, Any] = {}
        self.run("init", program.ddoc_text)

    def run(self, function: str, *arguments: str) -> str:
        entry = self._functions.get(function)
        if entry is None:
            entry = self._functions[function] = self._context.eval(f"couch.{function}")
        result: str = entry(*arguments)
        return result


class ScriptThread:
    """One thread, its contexts, its queue."""

    def __init__(self, limits: Limits, name: str) -> None:
        self._limits = limits
        self._errands: SimpleQueue[_Errand | None] = SimpleQueue()
        self._contexts: OrderedDict[bytes, _Context] = OrderedDict()
        self._thread = threading.Thread(target=self._work, name=name, daemon=True)
        self._thread.start()

    def run(self, work: Callable[[], T]) -> T:
        """Do `work` on this thread.

        A write that validates hundreds of documents comes here once, not once for each.
        """
        if threading.get_ident() == self._thread.ident:
            return work()
        errand = _Errand(work)
        self._errands.put(errand)
        errand.done.acquire()
        if errand.failure is not None:
            raise errand.failure
        return cast(T, errand.result)

    def call(self, program: Program, function: str, *arguments: str) -> Any:
        """The JSON value that `couch.<function>` answers. Raises `ScriptFailure`."""
        text = self.run(lambda: self._run(program, function, arguments))
        value = json.loads(text) if text else None
        if isinstance(value, dict) and "failure" in value:
            raise as_failure(value["failure"])
        return value

    def close(self) -> None:
        self._errands.put(None)
        self._thread.join(timeout=1)

    def _work(self) -> None:
        while (errand := self._errands.get()) is not None:
            try:
                errand.result = errand.work()
            except BaseException as failure:
                errand.failure = failure
            finally:
                errand.done.release()
        self._contexts.clear()

    def _run(self, program: Program, function: str, arguments: tuple[str, ...]) -> str:
        key = program.key
        try:
            context = self._contexts.get(key) or self._fresh(program)
            self._contexts.move_to_end(key)
            result = context.run(function, *arguments)
        except quickjs.StackOverflow:
            self._contexts.pop(key, None)
            raise ScriptLimit("OS process stack overflow.") from None
        except quickjs.JSException as failure:
            self._contexts.pop(key, None)
            timed_out = "interrupted" in str(failure)
            raise ScriptLimit(
                "OS process timed out." if timed_out else "OS process ran out of memory."
            ) from None
        else:
            return result

    def _fresh(self, program: Program) -> _Context:
        context = _Context(program, self._limits)
        self._contexts[program.key] = context
        if len(self._contexts) > WARM_CONTEXTS:
            self._contexts.popitem(last=False)
        return context


class ScriptPool:
    """A few script threads; the calls of one database stay on one of them, so that a stuck script holds up
    few others.
    """

    def __init__(self, limits: Limits, *, threads: int, name: str) -> None:
        self._threads = [ScriptThread(limits, f"{name}-{number}") for number in range(threads)]

    def thread_for(self, database: str) -> ScriptThread:
        return self._threads[hash(database) % len(self._threads)]

    def close(self) -> None:
        for thread in self._threads:
            thread.close()


STATUS = {
    "forbidden": 403,
    "unauthorized": 401,
    "not_found": 404,
    "compilation_error": 400,
    "not_acceptable": 406,
}


def as_failure(told: dict[str, Any]) -> ScriptFailure:
    error, reason = str(told.get("error")), told.get("reason")
    text = reason if isinstance(reason, str) else json.dumps(reason, ensure_ascii=False)
    return ScriptFailure(error, text, STATUS.get(error, 500))
