"""Mango selectors, operator by operator, with CouchDB's answers."""

from __future__ import annotations

from typing import Any

import pytest

from replica.selectors import InvalidSelector, compile_selector

DOCUMENT = {
    "_id": "b",
    "n": 7,
    "minus": -7,
    "half": 0.5,
    "name": "Ñandú",
    "none": None,
    "yes": True,
    "tags": ["red", "blue", 3],
    "empty": [],
    "nothing": {},
    "lines": [{"method": "cash", "amount": 5}, {"method": "cheque", "amount": 9}],
    "place": {"lat": 1, "deep": {"x": 2}},
    "a.b": "dotted",
}


@pytest.mark.parametrize(
    "selector",
    [
        {},
        {"n": 7},
        {"n": 7.0},
        {"n": {"$eq": 7}, "yes": True},
        {"none": None},
        {"n": {"$gt": 6, "$lt": 8}},
        {"n": {"$gte": 7, "$lte": 7}},
        {"n": {"$gt": None}},
        {"n": {"$lt": "a"}},
        {"name": {"$gt": "n", "$lt": "O"}},
        {"n": {"$ne": 8}},
        {"n": {"$in": [1, 7]}},
        {"tags": {"$in": ["blue", "green"]}},
        {"tags": {"$in": [["red", "blue", 3]]}},
        {"n": {"$nin": [1, 2]}},
        {"n": {"$nin": []}},
        {"n": {"$exists": True}},
        {"none": {"$exists": True}},
        {"absent": {"$exists": False}},
        {"place.absent": {"$exists": False}},
        {"place": {"absent": {"$exists": False}}},
        {"tags": {"$all": ["blue", "red"]}},
        {"tags": {"$size": 3}},
        {"empty": {"$size": 0}},
        {"n": {"$mod": [4, 3]}},
        {"minus": {"$mod": [4, -3]}},
        {"name": {"$regex": "^Ñ.*ú$"}},
        {"name": {"$beginsWith": "Ñan"}},
        {"lines": {"$elemMatch": {"method": "cheque", "amount": {"$gt": 8}}}},
        {"tags": {"$elemMatch": {"$eq": 3}}},
        {"lines": {"$allMatch": {"amount": {"$gt": 4}}}},
        {"place": {"$keyMapMatch": {"$eq": "lat"}}},
        {"place.lat": 1},
        {"place": {"lat": 1, "deep": {"x": 2}}},
        {"place.deep.x": {"$gt": 1}},
        {"lines.1.method": "cheque"},
        {"a\\.b": "dotted"},
        {"nothing": {}},
        {"$and": [{"n": 7}, {"yes": True}]},
        {"$or": [{"n": 8}, {"yes": True}]},
        {"$nor": [{"n": 8}, {"yes": False}]},
        {"$not": {"n": 8}},
        {"$not": {"n": 8, "yes": True}},
        {"n": {"$not": {"$gt": 8}}},
        {"n": {"$or": [{"$lt": 0}, {"$eq": 7}]}},
        {"$and": []},
        {"$or": []},
        {"$not": {"$or": [{"n": 1}, {"n": 2}]}},
        {"$not": {"absent": {"$exists": True}}},
        {"$not": {"tags": {"$all": ["green"]}}},
        {"_id": {"$gt": "Z"}},
        {"none": {"$type": "null"}},
        {"yes": {"$type": "boolean"}},
        {"half": {"$type": "number"}},
        {"name": {"$type": "string"}},
        {"tags": {"$type": "array"}},
        {"place": {"$type": "object"}},
    ],
    ids=str,
)
def test_it_matches(selector: Any) -> None:
    assert compile_selector(selector)(DOCUMENT)


@pytest.mark.parametrize(
    "selector",
    [
        {"n": 8},
        {"yes": 1},
        {"absent": {"$ne": 1}},
        {"absent": {"$exists": True}},
        {"absent": {"$nin": [1]}},
        {"absent": {"$not": {"$eq": 1}}},
        {"$not": {"absent": 1}},
        {"$nor": [{"absent": 1}]},
        {"n": {"$in": []}},
        {"n": {"$lt": True}},
        {"tags": {"$nin": ["red"]}},
        {"tags": {"$all": []}},
        {"n": {"$all": [7]}},
        {"n": {"$size": 1}},
        {"empty": {"$allMatch": {"$gt": 0}}},
        {"n": {"$elemMatch": {"$eq": 7}}},
        {"half": {"$mod": [1, 0]}},
        {"yes": {"$mod": [1, 0]}},
        {"n": {"$regex": "7"}},
        {"n": {"$beginsWith": "7"}},
        {"tags": {"$keyMapMatch": {"$eq": "red"}}},
        {"place": {"lat": 1, "deep": {"x": 3}}},
        {"lines.7.method": "cash"},
        {"nothing": {"x": 1}},
        {"$and": [{"n": 7}, {"yes": False}]},
        {"$not": {"n": 7}},
        {"$not": {"n": {"$exists": True}}},
        {"_id": {"$gt": "á"}},
        {"n": {"$type": "string"}},
    ],
    ids=str,
)
def test_it_does_not_match(selector: Any) -> None:
    assert not compile_selector(selector)(DOCUMENT)


@pytest.mark.parametrize(
    "selector",
    [
        "text",
        None,
        {"n": {"$what": 1}},
        {"$what": []},
        {"$and": {}},
        {"n": {"$in": 7}},
        {"n": {"$exists": 1}},
        {"n": {"$type": "integer"}},
        {"n": {"$size": "3"}},
        {"n": {"$mod": [0, 1]}},
        {"n": {"$mod": [1]}},
        {"n": {"$regex": "("}},
        {"n": {"$beginsWith": 7}},
        {"$not": {"n": {"$what": 1}}},
    ],
    ids=str,
)
def test_what_makes_no_sense_is_refused(selector: Any) -> None:
    with pytest.raises(InvalidSelector):
        compile_selector(selector)


def test_a_selector_without_end_is_refused() -> None:
    selector: dict[str, Any] = {"n": 1}
    for _ in range(5000):
        selector = {"$not": selector}
    with pytest.raises(InvalidSelector, match="deeply"):
        compile_selector(selector)
