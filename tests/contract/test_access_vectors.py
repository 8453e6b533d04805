"""The phone's rule and the database's rule over what may be written are one rule, in two languages."""

from __future__ import annotations

import json

import pytest
import quickjs

from backend.couch.design_docs import DatabaseKind, read_design_docs
from receivables.access import may_write
from receivables.fact_shapes import FACTS
from tests.support.access_vectors import AccessVector, read_access_vectors

VECTORS = read_access_vectors()

_RUNNER = """
function run(newDoc, oldDoc, db, roles) {
  try {
    validate(JSON.parse(newDoc), JSON.parse(oldDoc), {db: db, name: null, roles: JSON.parse(roles)}, {});
    return null;
  } catch (refusal) {
    if (refusal.forbidden === undefined) { throw refusal; }
    return refusal.forbidden;
  }
}
"""


@pytest.fixture(scope="module")
def javascript() -> quickjs.Context:
    (design_doc,) = read_design_docs(DatabaseKind.COLLECTOR)
    context = quickjs.Context()
    context.eval(f"var validate = ({design_doc['validate_doc_update']});{_RUNNER}")
    return context


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector.name)
def test_python_answers_as_the_vector_says(vector: AccessVector) -> None:
    document = json.loads(vector.text)
    problem = may_write(document, vector.old, database=vector.database, roles=vector.roles)
    assert (f"{problem.code}: {problem.field}" if problem else None) == vector.expect


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector.name)
def test_javascript_answers_as_the_vector_says(vector: AccessVector, javascript: quickjs.Context) -> None:
    answer = javascript.get("run")(
        vector.text, json.dumps(vector.old), vector.database, json.dumps(vector.roles)
    )
    assert answer == vector.expect


def test_every_fact_of_a_phone_has_a_vector_that_admits_it() -> None:
    admitted = {
        str(json.loads(vector.text)["_id"]).partition(":")[0] for vector in VECTORS if not vector.expect
    }
    assert set(FACTS) <= admitted


def test_no_two_vectors_say_the_same() -> None:
    names = [vector.name for vector in VECTORS]
    assert len(names) == len(set(names))
