"""Starts SecantusDB, the MongoDB stand-in of the tests, with five of its faults mended, three of its chores done less often,
and indexes found for more queries.

Takes the options of `secantusd-py`. Ends when its standard input closes, so that no server outlives the test run
that started it, however that run ended.
"""

import functools
import os
import signal
import sys
import threading
import time

from secantus import aggregate, query
from secantus.cli import main
from secantus.storage import Storage
from secantus.transactions import TransactionRegistry, TxnState

from secantus_indexes import by_the_best_index, implying_presence, reading_what_matches, up_to_and_with


def lock_collection_before_store(create_collection):
    """`create_collection` takes the store's lock and then the collection's; every write takes them the other way round,
    so that a `create` racing a first insert stops the server for good."""

    @functools.wraps(create_collection)
    def locked(self, db, coll, *args, **kwargs):
        with self._coll_lock(db, coll):
            return create_collection(self, db, coll, *args, **kwargs)

    return locked


def find_by_id(update_matching):
    """`findAndModify` hands on `{_id, $and: [query]}`, for which the planner scans the collection; flat, it uses `_id`."""

    @functools.wraps(update_matching)
    def flattened(self, db, coll, filter, *args, **kwargs):
        if set(filter) == {"_id", "$and"} and len(filter["$and"]) == 1 and "_id" not in filter["$and"][0]:
            filter = {"_id": filter["_id"], **filter["$and"][0]}
        return update_matching(self, db, coll, filter, *args, **kwargs)

    return flattened


def look_into_elements(op_elem_match):
    """MongoDB takes `{$elemMatch: {$or: [...]}}` for a query on the elements; here any `$` at the start means a comparison of the
    element itself, and `$and`, `$or` and `$nor` are then unknown operators."""

    @functools.wraps(op_elem_match)
    def matched(values, condition):
        if next(iter(condition), None) in ("$and", "$or", "$nor"):
            elements = (element for value in values if isinstance(value, list) for element in value)
            return any(isinstance(element, dict) and query.matches(element, condition) for element in elements)
        return op_elem_match(values, condition)

    return matched


def once_a_second(prune_retryable):
    """Looks through every write that a client might yet repeat, twice at each write; they are kept for minutes."""
    last = 0.0

    @functools.wraps(prune_retryable)
    def pruned(self):
        nonlocal last
        if time.monotonic() - last >= 1:
            prune_retryable(self)
            last = time.monotonic()

    return pruned


indexes_read = threading.local()


def once_a_statement(iter_indexes):
    """Every statement reads and decodes the list of the collection's indexes about ten times, which is a third of its work."""

    @functools.wraps(iter_indexes)
    def listed(self, db, coll):
        lists = getattr(indexes_read, "lists", None)
        if lists is None:  # not a thread that serves a client
            return iter_indexes(self, db, coll)
        if (db, coll) not in lists:
            lists[db, coll] = list(iter_indexes(self, db, coll))
        return [(name, dict(key), dict(options)) for name, key, options in lists[db, coll]]

    return listed


def reading_indexes_anew(method):
    """Ends a statement or changes a list of indexes."""

    @functools.wraps(method)
    def followed_by_reading(self, *args, **kwargs):
        try:
            return method(self, *args, **kwargs)
        finally:
            indexes_read.lists = {}

    return followed_by_reading


def reading_marked_indexes_anew(mark_multikey):
    """Marks the indexes that a document puts a list into: mostly they are all marked already."""

    @functools.wraps(mark_multikey)
    def marked(self, db, coll, doc, indexes, already_multikey):
        before = len(already_multikey)
        after = mark_multikey(self, db, coll, doc, indexes, already_multikey)
        if len(after) > before and hasattr(indexes_read, "lists"):
            indexes_read.lists = {}
        return after

    return marked


def where_one_has_run_out(prune):
    """Every statement looks for transactions that have run out, and waits, while it holds the lock of all transactions, for each that is
    in the middle of a statement. One that is in the middle of a statement is in use: it has not run out."""

    @functools.wraps(prune)
    def pruned(self):
        oldest = self._time() - self._lifetime
        reaped = 0
        for txn in [txn for txn in list(self._txns.values()) if txn.state is TxnState.IN_PROGRESS and txn.last_use < oldest]:
            if txn.mutex.acquire(blocking=False):
                try:
                    self._abort_locked(txn)
                    reaped += 1
                finally:
                    txn.mutex.release()
        return reaped

    return pruned


def without_waiting(abort_locked):
    """The next write of a session aborts a transaction that the session has left open, and waits, while it holds the lock of all
    transactions, for the end of the statement that this one is in the middle of. That statement may wait for another transaction, which
    needs the lock to end: the server stops for good. Such a transaction is aborted after its statement, by a thread of its own."""

    @functools.wraps(abort_locked)
    def aborted(self, txn):
        if txn.mutex.acquire(blocking=False):
            try:
                abort_locked(self, txn)
            finally:
                txn.mutex.release()
        else:
            threading.Thread(target=self.abort_in_progress, args=(txn,), daemon=True).start()

    return aborted


def never_profiling(self, db):
    """Every command asks for the settings of the profiler, under the lock of the whole store. No test profiles."""
    return {"level": 0, "slowms": 100, "sampleRate": 1.0}


def end_with_parent():
    # Not `sys.stdin`: its lock, held here, would stop the interpreter from ending.
    while os.read(0, 4096):
        pass
    os.kill(os.getpid(), signal.SIGTERM)


Storage.create_collection = lock_collection_before_store(Storage.create_collection)
Storage.update_matching = find_by_id(Storage.update_matching)
Storage._query_implies_partial = implying_presence(Storage._query_implies_partial)
Storage._try_index_id_keys = by_the_best_index(Storage._try_index_id_keys)
Storage._range_scan_index = up_to_and_with(Storage._range_scan_index)
Storage.get_profile = never_profiling
Storage._iter_indexes = once_a_statement(Storage._iter_indexes)
Storage._maybe_mark_multikey = reading_marked_indexes_anew(Storage._maybe_mark_multikey)
for name in ("release_thread_snapshot", "create_index", "drop_index", "drop_all_indexes", "set_index_expiry", "set_index_options"):
    setattr(Storage, name, reading_indexes_anew(getattr(Storage, name)))
TransactionRegistry._prune_retryable_locked = once_a_second(TransactionRegistry._prune_retryable_locked)
TransactionRegistry._prune_locked = where_one_has_run_out(TransactionRegistry._prune_locked)
TransactionRegistry._abort_locked = without_waiting(TransactionRegistry._abort_locked)
aggregate._STAGES["$unionWith"] = reading_what_matches(aggregate._STAGES["$unionWith"])
query._op_elem_match = look_into_elements(query._op_elem_match)
threading.Thread(target=end_with_parent, daemon=True).start()
sys.exit(main())
