"""Design functions are run with limits, and have no way out."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from replica.server.javascript.sandbox import Limits, Program, ScriptFailure, ScriptLimit, ScriptThread

PROGRAM = Program(json.dumps({"_id": "_design/d", "lib": {"deep": {"one": "exports.n = 1;"}}}))


@pytest.fixture(scope="module")
def thread() -> Iterator[ScriptThread]:
    thread = ScriptThread(Limits(seconds=0.5, memory_bytes=16 << 20, stack_bytes=512 << 10), "test scripts")
    yield thread
    thread.close()


def judge(thread: ScriptThread, source: str, new: Any = None) -> Any:
    return thread.call(PROGRAM, "validate", source, json.dumps(new or {}), "null", "{}", "{}")


def test_function_that_says_nothing_admits(thread: ScriptThread) -> None:
    assert judge(thread, "function (newDoc) { return; }") is True
    assert judge(thread, "  function named(newDoc) { return; };\n") is True
    assert judge(thread, "(newDoc) => newDoc") is True


@pytest.mark.parametrize(
    ("thrown", "error", "reason"),
    [
        ("{forbidden: 'no'}", "forbidden", "no"),
        ("{unauthorized: 'who'}", "unauthorized", "who"),
        ("{forbidden: {code: 3}}", "forbidden", '{"code": 3}'),
        ("new TypeError('wrong')", "TypeError", "wrong"),
        ("'just text'", "unnamed_error", "just text"),
        ("{error: 'own', reason: 'words'}", "own", "words"),
        ("null", "unnamed_error", "null"),
    ],
)
def test_what_is_thrown_is_told(thread: ScriptThread, thrown: str, error: str, reason: str) -> None:
    with pytest.raises(ScriptFailure) as failure:
        judge(thread, f"function () {{ throw {thrown}; }}")
    assert (failure.value.error, failure.value.reason) == (error, reason)


@pytest.mark.parametrize(
    "source",
    [
        "function () { while (true) {} }",
        "function () { /^(a+)+$/.test('aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab'); }",
        "function () { for (;;) { try { for (;;) {} } catch (ignored) {} } }",
    ],
    ids=["loop", "regular expression", "loop that catches"],
)
def test_endless_work_is_stopped(thread: ScriptThread, source: str) -> None:
    with pytest.raises(ScriptLimit, match="timed out"):
        judge(thread, source)
    assert judge(thread, "function () {}") is True


@pytest.mark.parametrize(
    "source",
    [
        "function () { var all = []; while (true) { all.push(new Array(1000).join('x' + all.length)); } }",
        "function () { var text = 'x'; while (true) { text += text; } }",
        "function () { (function again() { again(); })(); }",
    ],
    ids=["memory", "text", "stack"],
)
def test_greed_is_refused(thread: ScriptThread, source: str) -> None:
    with pytest.raises(ScriptFailure):
        judge(thread, source)
    assert judge(thread, "function () {}") is True


@pytest.mark.parametrize(
    "name",
    ["std", "os", "process", "Atomics", "SharedArrayBuffer", "performance", "setTimeout", "fetch", "print"],
)
def test_there_is_nothing_to_reach_for(thread: ScriptThread, name: str) -> None:
    source = f"function () {{ if (typeof {name} !== 'undefined') {{ throw {{forbidden: 'reached'}}; }} }}"
    assert judge(thread, source) is True


def test_one_program_does_not_see_another(thread: ScriptThread) -> None:
    judge(thread, "function () { globalThis.secret = 1; JSON.stringify = null; }")
    other = Program(json.dumps({"_id": "_design/other"}))
    source = "function () { if (typeof secret !== 'undefined') { throw {forbidden: 'seen'}; } }"
    assert thread.call(other, "validate", source, "{}", "null", "{}", "{}") is True
    assert judge(thread, "function () {}") is True


def test_modules_are_required_from_the_design_document(thread: ScriptThread) -> None:
    source = "function () { if (require('lib/deep/one').n !== 1) { throw {forbidden: 'no module'}; } }"
    assert judge(thread, source) is True
    with pytest.raises(ScriptFailure) as failure:
        judge(thread, "function () { require('lib/none'); }")
    assert failure.value.error == "invalid_require_path"


def test_emitted_rows_come_back_by_view_and_document(thread: ScriptThread) -> None:
    sources = [
        "function (doc) { emit(doc.n, {x: doc.n}); emit(undefined); doc.n = 99; }",
        "function (doc) { emit([doc.n], null); }",
        "function (doc) { if (doc.n === 1) { emit(1, 1); throw 'after emitting'; } }",
    ]
    mapped = thread.call(PROGRAM, "map", json.dumps(sources), json.dumps([{"n": 1}, {"n": 2}]))
    assert mapped == [
        [[[1, '{"x":1}'], [None, "null"]], [[2, '{"x":2}'], [None, "null"]]],
        [[[[1], "null"]], [[[2], "null"]]],
        [[], []],
    ]


def test_any_thread_may_call(thread: ScriptThread) -> None:
    answers: list[Any] = []
    callers = [
        threading.Thread(target=lambda: answers.append(judge(thread, "function () {}"))) for _ in range(20)
    ]
    for caller in callers:
        caller.start()
    for caller in callers:
        caller.join()
    assert answers == [True] * 20


def test_work_sent_to_the_thread_runs_there(thread: ScriptThread) -> None:
    def write() -> list[Any]:
        return [judge(thread, "function () {}") for _ in range(3)]

    assert thread.run(write) == [True, True, True]
    with pytest.raises(ZeroDivisionError):
        thread.run(lambda: 1 // 0)
