"""An index may only make a query faster: with any index, in any order, the same documents answer."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from replica import Database
from replica.collation import collation_key

VALUES = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(-3, 3),
        st.sampled_from([0.5, -1.5, 2**53]),
        st.sampled_from(["", "a", "A", "á", "ab", "b", "Z", "ñ", "~"]),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=2), st.dictionaries(st.sampled_from("xy"), inner, max_size=2)
    ),
    max_leaves=4,
)
FIELDS = st.sampled_from("abc")
COMPARISONS = st.sampled_from(["$eq", "$lt", "$lte", "$gt", "$gte"])
CONDITIONS = st.one_of(
    st.dictionaries(COMPARISONS, VALUES, min_size=1, max_size=2),
    st.fixed_dictionaries({"$exists": st.booleans()}),
    st.fixed_dictionaries({"$beginsWith": st.sampled_from(["", "a", "A"])}),
    st.fixed_dictionaries({"$in": st.lists(VALUES, max_size=2)}),
)
SELECTORS = st.recursive(
    st.dictionaries(FIELDS, CONDITIONS, max_size=3),
    lambda inner: st.one_of(
        st.fixed_dictionaries({"$and": st.lists(inner, max_size=2)}),
        st.fixed_dictionaries({"$or": st.lists(inner, max_size=2)}),
        st.fixed_dictionaries({"$not": inner}),
    ),
    max_leaves=3,
)
DOCUMENTS = st.lists(st.dictionaries(FIELDS, VALUES, max_size=3), max_size=12)
INDEXES = st.lists(st.lists(FIELDS, min_size=1, max_size=3, unique=True), min_size=1, max_size=3)


@settings(max_examples=60, deadline=None)
@given(DOCUMENTS, INDEXES, st.lists(SELECTORS, min_size=1, max_size=6))
def test_an_index_never_changes_an_answer(
    documents: list[dict[str, Any]], indexes: list[list[str]], selectors: list[dict[str, Any]]
) -> None:
    with TemporaryDirectory() as folder, Database.open(Path(folder) / "a.sqlite") as db:
        half = len(documents) // 2
        named = [{**document, "_id": f"d{n}"} for n, document in enumerate(documents)]
        db.bulk_docs(named[:half])
        for fields in indexes:
            db.create_index(fields)
        db.bulk_docs(named[half:])
        with_index = [answer(db, selector) for selector in selectors]
        for index in db.list_indexes()["indexes"][1:]:
            db.delete_index(index["ddoc"], index["name"])
        assert [answer(db, selector) for selector in selectors] == with_index


def answer(db: Database, selector: dict[str, Any]) -> set[str]:
    return {document["_id"] for document in db.find(selector, limit=100)["docs"]}


@given(st.lists(VALUES, max_size=8))
def test_a_sort_is_the_order_of_keys_of_each_part(values: list[Any]) -> None:
    joined = sorted(collation_key([value, 0])[1:-1] for value in values)
    apart = [collation_key(value) + collation_key(0) for value in sorted(values, key=collation_key)]
    assert joined == apart
