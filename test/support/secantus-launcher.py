"""Starts SecantusDB, the MongoDB stand-in of the tests, with two of its faults mended.

Takes the options of `secantusd-py`. Ends when its standard input closes, so that no server outlives the test run
that started it, however that run ended.
"""

import functools
import os
import signal
import sys
import threading

from secantus.cli import main
from secantus.storage import Storage


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


def end_with_parent():
    while sys.stdin.buffer.read(4096):
        pass
    os.kill(os.getpid(), signal.SIGTERM)


Storage.create_collection = lock_collection_before_store(Storage.create_collection)
Storage.update_matching = find_by_id(Storage.update_matching)
threading.Thread(target=end_with_parent, daemon=True).start()
sys.exit(main())
