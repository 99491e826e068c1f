import { AUDIT_TARGETS, FIRST_INDEXED_TARGETS, firstValue, ONBOARDING_TARGETS } from './json-value.ts';
import { Sql } from './sql.ts';

/** Positions in one block; part of the schema, so it never changes. */
export const BLOCK = 1024;

/**
 * The steps that lead an empty file to the present schema, oldest first; the database's `user_version` counts the steps
 * taken. A step that has been released is never changed: a later one mends it.
 */
export const MIGRATIONS: readonly string[] = [
  `
  -- position is the natural order: AUTOINCREMENT never gives a removed record's place to a later one, so cursors stay
  -- true.
  CREATE TABLE records (
    position INTEGER PRIMARY KEY AUTOINCREMENT,
    tenant TEXT NOT NULL, type TEXT NOT NULL, id TEXT NOT NULL,
    version INTEGER NOT NULL, created TEXT NOT NULL, last_modified TEXT NOT NULL,
    keys TEXT NOT NULL,   -- {unique, lookup, emails}: what the tables below hold for this record
    resource TEXT NOT NULL, account TEXT,
    attempt TEXT,         -- the create that made it, where it may be repeated
    search BLOB NOT NULL  -- JSONB
  );
  CREATE UNIQUE INDEX records_identity ON records (tenant, id, type);
${indexesOf(FIRST_INDEXED_TARGETS)}

  -- How many records of a type stand in each block of positions: totals and offsets need no scan.
  CREATE TABLE blocks (
    tenant TEXT NOT NULL, type TEXT NOT NULL, block INTEGER NOT NULL, records INTEGER NOT NULL,
    PRIMARY KEY (tenant, type, block)
  ) WITHOUT ROWID;
  CREATE INDEX records_by_position ON records (tenant, type, position);
  CREATE TRIGGER record_counted_in AFTER INSERT ON records BEGIN
    INSERT INTO blocks (tenant, type, block, records) VALUES (new.tenant, new.type, new.position / ${BLOCK}, 1)
    ON CONFLICT DO UPDATE SET records = records + 1;
  END;
  CREATE TRIGGER record_counted_out AFTER DELETE ON records BEGIN
    UPDATE blocks SET records = records - 1 WHERE tenant = old.tenant AND type = old.type AND block = old.position /
      ${BLOCK};
    DELETE FROM blocks WHERE tenant = old.tenant AND type = old.type AND block = old.position / ${BLOCK} AND records =
      0;
  END;

  CREATE TABLE unique_keys (
    tenant TEXT NOT NULL, type TEXT NOT NULL, key TEXT NOT NULL, position INTEGER NOT NULL,
    PRIMARY KEY (tenant, type, key)
  ) WITHOUT ROWID;
  CREATE TABLE lookup_keys (
    tenant TEXT NOT NULL, type TEXT NOT NULL, key TEXT NOT NULL, position INTEGER NOT NULL,
    PRIMARY KEY (tenant, type, key, position)
  ) WITHOUT ROWID;
  -- emails.value is multi-valued, which an expression index cannot be.
  CREATE TABLE email_values (
    tenant TEXT NOT NULL, type TEXT NOT NULL, value TEXT NOT NULL, position INTEGER NOT NULL,
    PRIMARY KEY (tenant, type, value, position)
  ) WITHOUT ROWID;

  CREATE TABLE memberships (
    tenant TEXT NOT NULL, group_id TEXT NOT NULL, member TEXT NOT NULL,
    type TEXT NOT NULL, display TEXT, display_folded TEXT,
    PRIMARY KEY (tenant, group_id, member)
  ) WITHOUT ROWID;
  CREATE INDEX memberships_by_member ON memberships (tenant, member, group_id);

  CREATE TABLE events (
    position INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, tenant TEXT NOT NULL, resource_id TEXT NOT NULL,
    settled INTEGER NOT NULL DEFAULT 0, body TEXT NOT NULL
  );
  CREATE INDEX events_pending ON events (position) WHERE settled = 0;

  CREATE TABLE deliveries (
    position INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, tenant TEXT NOT NULL, user_id TEXT NOT NULL, event_id TEXT
      NOT NULL,
    channel TEXT NOT NULL, domain TEXT, state TEXT NOT NULL, created_at TEXT NOT NULL,
    due TEXT,             -- notBefore while queued, the lease's end while leased, null once final
    owner TEXT, reported INTEGER NOT NULL, body TEXT NOT NULL
  );
  CREATE INDEX deliveries_due ON deliveries (state, due, position, channel, domain) WHERE due IS NOT NULL;
  CREATE TABLE delivery_counts (state TEXT PRIMARY KEY, deliveries INTEGER NOT NULL) WITHOUT ROWID;
  CREATE TRIGGER delivery_counted_in AFTER INSERT ON deliveries BEGIN
    INSERT INTO delivery_counts (state, deliveries) VALUES (new.state, 1) ON CONFLICT DO UPDATE SET deliveries =
      deliveries + 1;
  END;
  CREATE TRIGGER delivery_counted_over AFTER UPDATE OF state ON deliveries WHEN new.state <> old.state BEGIN
    UPDATE delivery_counts SET deliveries = deliveries - 1 WHERE state = old.state;
    INSERT INTO delivery_counts (state, deliveries) VALUES (new.state, 1) ON CONFLICT DO UPDATE SET deliveries =
      deliveries + 1;
  END;
  CREATE INDEX deliveries_by_owner ON deliveries (owner) WHERE owner IS NOT NULL;
  CREATE INDEX deliveries_unreported ON deliveries (position) WHERE reported = 0;
  CREATE INDEX deliveries_by_user ON deliveries (tenant, user_id, created_at);

  CREATE TABLE mailbox (position INTEGER PRIMARY KEY AUTOINCREMENT, body TEXT NOT NULL);

  CREATE TABLE clients (
    position INTEGER PRIMARY KEY, tenant TEXT NOT NULL, id TEXT NOT NULL, token_hash TEXT NOT NULL UNIQUE, body TEXT
      NOT NULL,
    UNIQUE (tenant, id)
  );

  -- position is the moment and the call's id; what lists test for stands before the body, which may be large.
  CREATE TABLE requests (
    tenant TEXT NOT NULL, position TEXT NOT NULL, client TEXT NOT NULL, client_name TEXT NOT NULL,
    status INTEGER NOT NULL, path TEXT NOT NULL, body TEXT NOT NULL,
    PRIMARY KEY (tenant, position)
  ) WITHOUT ROWID;
  `,
  `
  -- Whoever looks for what has failed does not read what was sent.
  CREATE INDEX deliveries_by_state ON deliveries (tenant, state, id);
  `,
  `
  -- Records removed of late: whoever was adding one of them to a group meanwhile finds it here.
  CREATE TABLE removed (tenant TEXT NOT NULL, id TEXT NOT NULL, at TEXT NOT NULL, PRIMARY KEY (tenant, id)) WITHOUT
    ROWID;
  CREATE INDEX removed_by_time ON removed (at);
  `,
  `
  -- Deliveries are forgotten some time after they have ended.
  CREATE INDEX deliveries_ended ON deliveries (tenant, body ->> '$.endedAt') WHERE due IS NULL;
  CREATE TRIGGER delivery_counted_out AFTER DELETE ON deliveries BEGIN
    UPDATE delivery_counts SET deliveries = deliveries - 1 WHERE state = old.state;
  END;
  `,
  `
  -- Settled events keep their place and nothing of the person.
  UPDATE events SET body = '' WHERE settled = 1;
  `,
  `
  -- What happened how often of late; time forgets it.
  CREATE TABLE tallies (
    key TEXT PRIMARY KEY, count INTEGER NOT NULL, last_at TEXT NOT NULL, expires_at TEXT NOT NULL
  ) WITHOUT ROWID;
  CREATE INDEX tallies_by_end ON tallies (expires_at);
  `,
  `
  -- Small rows with a version, beside the resources; and what each is found by from any tenant.
  CREATE TABLE notes (
    tenant TEXT NOT NULL, kind TEXT NOT NULL, key TEXT NOT NULL,
    version INTEGER NOT NULL, expires_at TEXT, lookups TEXT NOT NULL, body TEXT NOT NULL,
    PRIMARY KEY (tenant, kind, key)
  ) WITHOUT ROWID;
  CREATE INDEX notes_by_end ON notes (expires_at) WHERE expires_at IS NOT NULL;
  CREATE TABLE note_lookups (
    kind TEXT NOT NULL, lookup TEXT NOT NULL, tenant TEXT NOT NULL, key TEXT NOT NULL, PRIMARY KEY (kind, lookup)
  ) WITHOUT ROWID;
  CREATE INDEX note_lookups_by_note ON note_lookups (tenant, kind, key);
  -- Work that one process does at a time.
  CREATE TABLE leases (name TEXT PRIMARY KEY, owner TEXT NOT NULL, until TEXT NOT NULL) WITHOUT ROWID;
  `,
  `
  -- When time alone next changes what the record shows: a moment, 'never', or null where nobody has judged it yet.
  ALTER TABLE records ADD COLUMN due_at TEXT;
  CREATE INDEX records_by_due ON records (tenant, type, due_at) WHERE due_at IS NULL OR due_at <> 'never';
  ${indexesOf(ONBOARDING_TARGETS)}
  `,
  `
  -- Clients and their credentials are notes. An older client goes on as it was: its token has no end, its calls no
  -- limit, its deactivations no guard.
  INSERT INTO notes (tenant, kind, key, version, expires_at, lookups, body)
    SELECT tenant, 'client', id, 1, NULL, '[]',
      json_set(json_remove(body, '$.id', '$.tenant', '$.tokenHash'), '$.callsPerSecond', json('null')) FROM clients;
  INSERT INTO notes (tenant, kind, key, version, expires_at, lookups, body)
    SELECT tenant, 'credential', id || '/first', 1, NULL, json_array(token_hash),
      json_object('kind', 'token', 'hash', token_hash, 'createdAt', body ->> '$.createdAt') FROM clients;
  INSERT INTO note_lookups (kind, lookup, tenant, key)
    SELECT 'credential', token_hash, tenant, id || '/first' FROM clients;
  INSERT INTO notes (tenant, kind, key, version, expires_at, lookups, body)
    SELECT DISTINCT tenant, 'start', 'firstClient', 1, NULL, '[]', '{}' FROM clients;
  DROP TABLE clients;
  `,
  `
  -- Events wait to be sealed as they wait to be settled. Those of before have lost what they told.
  ALTER TABLE events ADD COLUMN sealed INTEGER NOT NULL DEFAULT 0;
  UPDATE events SET sealed = settled;
  CREATE INDEX events_unsealed ON events (tenant, position) WHERE sealed = 0;

  -- The permanent record. Of an erased part the digest alone is left.
  CREATE TABLE audit (
    position INTEGER PRIMARY KEY AUTOINCREMENT,
    tenant TEXT NOT NULL, seq INTEGER NOT NULL, id TEXT NOT NULL, at TEXT NOT NULL, prev TEXT NOT NULL, hash TEXT NOT
      NULL,
    facts TEXT NOT NULL, facts_salt TEXT NOT NULL,
    actor TEXT, actor_salt TEXT, actor_digest TEXT,
    subject TEXT, subject_salt TEXT, subject_digest TEXT,
    search BLOB NOT NULL  -- JSONB
  );
  CREATE UNIQUE INDEX audit_place ON audit (tenant, seq);
  CREATE UNIQUE INDEX audit_identity ON audit (tenant, id);
  CREATE INDEX audit_by_position ON audit (tenant, position);
  ${AUDIT_TARGETS.map(
    ({ name, target }) =>
      `CREATE INDEX audit_by_${name} ON audit (tenant, ${firstValue(new Sql('search'), target).value.text}, position);`,
  ).join('\n  ')}
  CREATE TRIGGER audit_counted_in AFTER INSERT ON audit BEGIN
    INSERT INTO blocks (tenant, type, block, records) VALUES (new.tenant, 'AuditEvent', new.position / ${BLOCK}, 1)
    ON CONFLICT DO UPDATE SET records = records + 1;
  END;
  CREATE TRIGGER audit_counted_out AFTER DELETE ON audit BEGIN
    UPDATE blocks SET records = records - 1 WHERE tenant = old.tenant AND type = 'AuditEvent' AND block = old.position
      / ${BLOCK};
    DELETE FROM blocks WHERE tenant = old.tenant AND type = 'AuditEvent' AND block = old.position / ${BLOCK} AND
      records = 0;
  END;

  -- Where each chain ends, and where what retention has left of it begins.
  CREATE TABLE audit_heads (
    tenant TEXT PRIMARY KEY, seq INTEGER NOT NULL, hash TEXT NOT NULL, frontier TEXT NOT NULL,
    base_seq INTEGER NOT NULL, base_hash TEXT NOT NULL, base_frontier TEXT NOT NULL, cut_at TEXT
  ) WITHOUT ROWID;
  `,
  `
  -- Tenants take turns: the next tenant that something waits for, and the oldest delivery of a tenant.
  CREATE INDEX deliveries_fair ON deliveries (state, tenant, due, position, channel, domain) WHERE due IS NOT NULL;
  `,
  `
  -- Of events too: those of one tenant are moved in the order in which they were written.
  DROP INDEX events_pending;
  CREATE INDEX events_pending ON events (tenant, position) WHERE settled = 0;
  `,
  `
  -- Events that are settled and sealed are forgotten.
  CREATE INDEX events_done ON events (position) WHERE settled = 1 AND sealed = 1;
  `,
  `
  -- Of a resource that is written from now on, the column resource holds what an answer shows that names no attributes,
  -- and rest what put over it makes the whole; shown_under and shown_until tell when the text may be shown as it is.
  ALTER TABLE records ADD COLUMN rest TEXT;
  ALTER TABLE records ADD COLUMN shown_under TEXT;
  ALTER TABLE records ADD COLUMN shown_until TEXT;
  `,
  `
  -- A captured mail that is put again takes the earlier one's place.
  CREATE INDEX mailbox_ids ON mailbox (coalesce(body ->> '$.tenant', 'default'), body ->> '$.id');
  `,
];

function indexesOf(targets: typeof FIRST_INDEXED_TARGETS): string {
  return targets
    .map(
      ({ name, target }) =>
        `CREATE INDEX records_by_${name} ON records (tenant, type, `
        + `${firstValue(new Sql('search'), target).value.text}, `
        + 'position);',
    )
    .join('\n  ');
}
