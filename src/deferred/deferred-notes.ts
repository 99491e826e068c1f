/** The kind of the notes that tell of batches, and hold their requests, sealed. */
export const deferredKind = 'deferredBatch';

/** The kind of the notes that count the batches under way. */
export const openKind = 'deferredOpen';

/** What the key of a request's note has after the transaction. */
export const requestSuffix = '/request';

/** What requests are sealed for. */
export const requestPurpose = 'deferred batch';
