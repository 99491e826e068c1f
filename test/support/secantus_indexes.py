"""How SecantusDB, the MongoDB stand-in of the tests, finds an index for a query.

By itself it uses an index only where the query names the index's leading fields and no others, and it does not understand
`partialFilterExpression: {field: {$exists: true}}`: most of Latchkey's queries name one condition more, and scanned the collection. What is found
here are candidates, as with each index there: the whole query is held against each document afterwards.
"""

import datetime
import functools

from secantus.aggregate import PipelineContext, apply_pipeline
from secantus.storage import COMPOUND_SEP, _sparse_index_usable

VALUES = (str, int, float, bool, datetime.datetime)
BOUNDS = {"$gt", "$gte", "$lt", "$lte"}


def is_value(value):
    return isinstance(value, VALUES)


def usable(clause):
    """The part of a field's clause that an index can look up: a value, `{$in}` or bounds; None where there is none."""
    if is_value(clause):
        return clause
    if not isinstance(clause, dict):
        return None
    if is_value(clause.get("$eq")):
        return clause["$eq"]
    among = clause.get("$in")
    if isinstance(among, list) and among and all(is_value(value) for value in among):
        return among[0] if len(among) == 1 else {"$in": among}
    within = clause.get("$elemMatch")
    bounds = within if isinstance(within, dict) else clause
    found = {op: bound for op, bound in bounds.items() if op in BOUNDS and is_value(bound)}
    # Of a list, one element may satisfy one bound and another the other.
    if len(found) > 1 and bounds is clause:
        found = dict(list(found.items())[:1])
    return found or None


def names_presence(clause):
    """Whether only documents that have the field satisfy the clause."""
    if usable(clause) is not None:
        return True
    return isinstance(clause, dict) and clause.get("$exists") is True


def implying_presence(query_implies_partial):
    """An index of the documents that have a field serves each query for a value of that field."""

    @staticmethod
    @functools.wraps(query_implies_partial)
    def implies(query, partial):
        others = {}
        for field, condition in partial.items():
            if condition == {"$exists": True}:
                if not names_presence(query.get(field)):
                    return False
            else:
                others[field] = condition
        return not others or query_implies_partial(query, others)

    return implies


def clauses_of(query):
    """The conditions that all must hold, by field, and the alternatives of its first `$or`."""
    fields, alternatives = {}, None
    for key, value in query.items():
        if key == "$and":
            for each in value:
                more, others = clauses_of(each)
                alternatives = alternatives or others
                fields = {**more, **fields}
        elif key == "$or":
            alternatives = alternatives or value
        elif not key.startswith("$"):
            fields[key] = value
    return fields, alternatives


def pinned(key_spec, fields):
    """The clauses on an index's leading fields: values, and after them at most one that is a range or a list."""
    part = {}
    for field, direction in key_spec.items():
        clause = usable(fields.get(field))
        if clause is None or direction not in (1, -1):
            break
        part[field] = clause
        if isinstance(clause, dict):
            break
    return part


def best_part(storage, db, coll, fields):
    """The clauses for the index that pins most of them; None where no index does."""
    of_id = usable(fields.get("_id"))
    if of_id is not None and not (isinstance(of_id, dict) and "$in" not in of_id):
        return {"_id": of_id}
    partials = storage._partial_filters(db, coll)
    best = {}
    for name, key_spec, sparse, _unique in storage._all_indexes(db, coll):
        partial = partials.get(name)
        part = pinned(key_spec, fields)
        values = sum(not isinstance(clause, dict) for clause in part.values())
        if (len(part), values) <= (len(best), sum(not isinstance(clause, dict) for clause in best.values())):
            continue
        if sparse and not _sparse_index_usable(key_spec, part):
            continue
        # The part is looked up by itself: it must say by itself that the index holds what it asks for.
        if partial is None or storage._query_implies_partial(part, partial):
            best = part
    return best or None


def by_the_best_index(try_index_id_keys):
    """Looks up the part of a query that an index serves best; alternatives each by their own index."""

    @functools.wraps(try_index_id_keys)
    def tried(self, db, coll, filter, *, collation=None):
        if filter and collation is None:
            fields, alternatives = clauses_of(filter)
            part = best_part(self, db, coll, fields)
            if alternatives and (part is None or len(part) < 2) and "_id" not in (part or {}):
                found = dict()
                for each in alternatives:
                    own, _ = clauses_of(each)
                    own_part = best_part(self, db, coll, {**fields, **own})
                    keys = None if own_part is None or own_part == part else try_index_id_keys(self, db, coll, own_part)
                    if keys is None:
                        break
                    found.update(dict.fromkeys(keys))
                else:
                    return list(found)
            if part is not None:
                keys = try_index_id_keys(self, db, coll, part)
                if keys is not None:
                    return keys
        return try_index_id_keys(self, db, coll, filter, collation=collation)

    return tried


def reading_what_matches(union_with):
    """`$unionWith` reads the whole other collection before it applies the pipeline, which mostly begins with `$match`."""

    @functools.wraps(union_with)
    def united(spec, docs, ctx):
        pipeline = spec.get("pipeline") if isinstance(spec, dict) else None
        if not pipeline or list(pipeline[0]) != ["$match"] or ctx.storage is None:
            return union_with(spec, docs, ctx)
        found = ctx.storage.find_matching(ctx.db_name, spec["coll"], pipeline[0]["$match"])
        within = PipelineContext(
            storage=ctx.storage, db_name=ctx.db_name, coll_name=spec["coll"], collation=ctx.collation
        )
        return list(docs) + list(apply_pipeline(found, pipeline, within))

    return united


def up_to_and_with(range_scan_index):
    """A key of several fields that begins with the upper bound is longer than it, and was taken to lie beyond it."""

    @functools.wraps(range_scan_index)
    def scanned(self, db, coll, name, lower, lower_inclusive, upper, upper_inclusive, *, prefix=None):
        if upper is not None and upper_inclusive:
            upper = upper + COMPOUND_SEP + b"\xff" * 16
        return range_scan_index(self, db, coll, name, lower, lower_inclusive, upper, upper_inclusive, prefix=prefix)

    return scanned
