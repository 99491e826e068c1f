import { brotliCompressSync, gzipSync } from 'node:zlib';
import type { Json, JsonObject } from '../src/base/json.ts';
import { benchUser } from './bench-user.ts';
import { idOf } from './seed.ts';

/** A request as it goes over the wire. */
export interface HeavyCall {
  readonly method: string;
  /** Below the server's address. */
  readonly path: string;
  readonly body?: string | Buffer;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A request that could hold up the others. */
export interface HeavyCase {
  readonly name: string;
  /** The status it must be answered with. */
  readonly status: number;
  /** Makes the request, and before it, unmeasured, what it needs. */
  readonly call: () => HeavyCall | Promise<HeavyCall>;
}

/** The server the cases are for. */
export interface Scene {
  /** Ids of users that exist. */
  readonly users: readonly string[];
  /** Sends something that is not measured; answers the body. */
  readonly send: (method: string, path: string, body?: Json) => Promise<JsonObject>;
}

const userUrn = 'urn:ietf:params:scim:schemas:core:2.0:User';
const groupUrn = 'urn:ietf:params:scim:schemas:core:2.0:Group';
const latchkeyUrn = 'urn:ietf:params:scim:schemas:extension:latchkey:2.0:User';
const message = (name: string) => `urn:ietf:params:scim:api:messages:2.0:${name}`;
const base = '/scim/v2';
const MiB = 1024 * 1024;

/** Large requests, and hostile ones, that a server must get through without holding up anybody else. */
export function heavyCases(scene: Scene): HeavyCase[] {
  return [
    ...groupCases(scene),
    ...listCases(scene),
    ...bulkCases(scene),
    ...hostileBodies(),
    ...packedBodies(scene),
    ...hostileValues(scene),
    ...hostilePatches(scene),
    ...hostileUrls(),
    ...adminCases(),
  ];
}

let made = 0;
const fresh = () => `heavy-${process.pid}-${(made += 1)}`;
const repeat = <T>(count: number, make: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, index) => make(index));
const post = (path: string, body: Json | Buffer): HeavyCall => ({
  method: 'POST',
  path: base + path,
  body: Buffer.isBuffer(body) ? body : JSON.stringify(body),
});
const user = (more: JsonObject): JsonObject => ({ schemas: [userUrn], userName: fresh(), ...more });
const patchOf = (operations: Json[]): string =>
  JSON.stringify({ schemas: [message('PatchOp')], Operations: operations });
const search = (more: JsonObject): HeavyCall =>
  post('/Users/.search', { schemas: [message('SearchRequest')], ...more });
const list = (query: Record<string, string>, type = 'Users'): HeavyCall => ({
  method: 'GET',
  path: `${base}/${type}?${new URLSearchParams(query).toString()}`,
});

/** Sends a text over and over until it fills a number of bytes. */
const filled = (text: string, bytes: number) => text.repeat(Math.floor(bytes / Buffer.byteLength(text)));

function groupCases({ users, send }: Scene): HeavyCase[] {
  const members = (count: number) => users.slice(0, count).map((value) => ({ value }));
  const spoken = (count: number) =>
    users.slice(0, count).map((value, index) => ({ value, display: `Member ${index} of a group`, type: 'User' }));
  const group = (some: Json[]): JsonObject => ({ schemas: [groupUrn], displayName: fresh(), members: some });
  const made = async (count: number): Promise<string> => {
    const id = idOf(await send('POST', '/Groups', group(members(Math.min(count, 50_000)))));
    for (let start = 50_000; start < count; start += 10_000) {
      await send(
        'PATCH',
        `/Groups/${id}`,
        JSON.parse(
          patchOf([{ op: 'add', path: 'members', value: members(count).slice(start, start + 10_000) }]),
        ) as Json,
      );
    }
    return `${base}/Groups/${id}`;
  };
  const patch = (name: string, before: number, operations: () => Json[]): HeavyCase => ({
    name: `PATCH ${name}`,
    status: 200,
    call: async () => ({ method: 'PATCH', path: `${await made(before)}?attributes=id`, body: patchOf(operations()) }),
  });
  const most = Math.min(users.length, 60_000);
  const all = `a group of ${users.length} members`;
  let whole: Promise<string> | undefined;
  return [
    ...[20_000, most].map((count): HeavyCase => ({
      name: `POST a group of ${count}`,
      status: 201,
      call: () => post('/Groups?attributes=id', group(members(count))),
    })),
    {
      name: 'POST a group of 25,000 with display and type',
      status: 201,
      call: () => post('/Groups?attributes=id', group(spoken(25_000))),
    },
    {
      name: 'POST a group of 25,000, answered in full',
      status: 201,
      call: () => post('/Groups', group(members(25_000))),
    },
    {
      name: 'POST a group whose last member does not exist',
      status: 400,
      call: () => post('/Groups', group([...members(most), { value: 'nobody' }])),
    },
    { name: 'POST a group, dry run', status: 200, call: () => post('/Groups?dryRun=true', group(members(most))) },
    {
      name: `PUT ${most} other members`,
      status: 200,
      call: async () => ({
        method: 'PUT',
        path: `${await made(20_000)}?attributes=id`,
        body: JSON.stringify(group(members(most).reverse())),
      }),
    },
    patch(`add ${most}`, 0, () => [{ op: 'add', path: 'members', value: members(most) }]),
    patch(`add ${most}, of whom all are in`, most, () => [{ op: 'add', path: 'members', value: members(most) }]),
    patch(`remove ${most}`, most, () => [{ op: 'remove', path: 'members', value: members(most) }]),
    patch(`replace by ${most}`, 1000, () => [{ op: 'replace', path: 'members', value: members(most) }]),
    patch('add, remove, replace 20,000 each', 1000, () =>
      ['add', 'remove', 'replace'].map((op) => ({ op, path: 'members', value: members(20_000) })),
    ),
    patch('1,000 operations of 60 members', 1000, () =>
      repeat(1000, (n) => ({ op: 'add', path: 'members', value: members(60 + n * 40).slice(-60) })),
    ),
    patch('1,000 removals by path', 2000, () =>
      users.slice(0, 1000).map((id) => ({ op: 'remove', path: `members[value eq "${id}"]` })),
    ),
    patch('100 removals by display, nobody found', 10_000, () =>
      repeat(100, (n) => ({ op: 'remove', path: `members[display co "nobody ${n}"]` })),
    ),
    patch(`clear ${most}`, most, () => [{ op: 'remove', path: 'members' }]),
    {
      name: `GET ${all}`,
      status: 200,
      call: async () => ({ method: 'GET', path: await (whole ??= made(users.length)) }),
    },
    {
      name: `GET ${all}, without them`,
      status: 200,
      call: async () => ({ method: 'GET', path: `${await (whole ??= made(users.length))}?excludedAttributes=members` }),
    },
    { name: 'GET /Groups, members and all', status: 200, call: () => list({ count: '50' }, 'Groups') },
    {
      name: `DELETE ${all}`,
      status: 204,
      call: async () => {
        const path = await (whole ?? made(users.length));
        whole = undefined;
        return { method: 'DELETE', path };
      },
    },
    {
      name: 'DELETE a user in 500 groups',
      status: 204,
      call: async () => {
        const id = idOf(await send('POST', '/Users', user({})));
        await send('POST', '/Bulk', {
          schemas: [message('BulkRequest')],
          Operations: repeat(500, () => ({ method: 'POST', path: '/Groups', data: group([{ value: id }]) })),
        });
        return { method: 'DELETE', path: `${base}/Users/${id}` };
      },
    },
    { name: 'GET /Users with their groups', status: 200, call: () => list({ count: '1000', attributes: 'groups' }) },
  ];
}

function listCases({ users }: Scene): HeavyCase[] {
  const comparisons = (count: number, one: (n: number) => string, word: string) => repeat(count, one).join(` ${word} `);
  const attributes = [
    'userName',
    'displayName',
    'title',
    'name.familyName',
    'emails.value',
    'phoneNumbers.value',
    'addresses.locality',
    'costCenter',
  ];
  const member = `members[value eq "${users[0] ?? ''}"]`;
  return [
    { name: 'first 1,000 users', status: 200, call: () => list({ count: '1000' }) },
    {
      name: 'last 1,000 users',
      status: 200,
      call: () => list({ count: '1000', startIndex: String(users.length - 999) }),
    },
    { name: '1,000 users by cursor', status: 200, call: () => list({ count: '1000', cursor: '' }) },
    { name: '1,000 users by title', status: 200, call: () => list({ count: '1000', sortBy: 'title' }) },
    { name: '1,000 users by userName', status: 200, call: () => list({ count: '1000', sortBy: 'userName' }) },
    {
      name: '1,000 users, of whom only the names',
      status: 200,
      call: () => list({ count: '1000', attributes: 'userName,name.givenName' }),
    },
    { name: 'sw over everybody', status: 200, call: () => list({ count: '1000', filter: 'userName sw "user"' }) },
    { name: 'eq that 90 of 100 match', status: 200, call: () => list({ count: '1000', filter: 'active eq true' }) },
    {
      name: 'eq on an index that is not unique',
      status: 200,
      call: () => list({ count: '1000', filter: 'displayName eq "Ines Okoro0"' }),
    },
    {
      name: '64 times co',
      status: 200,
      call: () => search({ filter: comparisons(64, (n) => `${attributes[n % 8]} co "no${n}"`, 'or') }),
    },
    {
      name: '65 times co',
      status: 400,
      call: () => search({ filter: comparisons(65, (n) => `${attributes[n % 8]} co "no${n}"`, 'or') }),
    },
    {
      name: '256 times eq',
      status: 200,
      call: () => search({ filter: comparisons(256, (n) => `userName eq "u${n}@b.example"`, 'or') }),
    },
    {
      name: '64 times pr',
      status: 200,
      call: () => search({ filter: comparisons(64, (n) => `${attributes[n % 8]} pr`, 'and') }),
    },
    {
      name: 'filter of 32 levels',
      status: 200,
      call: () => search({ filter: `${'not ('.repeat(31)}title co "z"${')'.repeat(31)}` }),
    },
    {
      name: 'filter of 8,192 characters',
      status: 200,
      call: () => search({ filter: `title co "${'x'.repeat(8181)}"` }),
    },
    {
      name: 'filter of too many characters',
      status: 400,
      call: () => search({ filter: `title co "${'x'.repeat(4 * MiB - 200)}"` }),
    },
    {
      name: 'filter of quotes and backslashes',
      status: 400,
      call: () => search({ filter: `title co "${'\\"'.repeat(4000)}` }),
    },
    { name: 'filter of opening brackets', status: 400, call: () => search({ filter: '('.repeat(8000) }) },
    { name: 'filter of blanks', status: 400, call: () => search({ filter: `title${' '.repeat(8000)}co` }) },
    { name: 'groups by member', status: 200, call: () => list({ filter: member }, 'Groups') },
    {
      name: 'groups by display of a member',
      status: 200,
      call: () => list({ filter: 'members.display co "member 1"' }, 'Groups'),
    },
    { name: 'groups that lack a member', status: 200, call: () => list({ filter: `not (${member})` }, 'Groups') },
    { name: 'users by group', status: 200, call: () => list({ filter: 'groups.display co "heavy"', count: '10' }) },
    {
      name: 'search at the root',
      status: 200,
      call: () =>
        post('/.search', {
          schemas: [message('SearchRequest')],
          filter: 'displayName co "o"',
          sortBy: 'displayName',
          count: 1000,
        }),
    },
  ];
}

function bulkCases({ users, send }: Scene): HeavyCase[] {
  const bulk = (operations: Json[]): HeavyCall =>
    post('/Bulk', { schemas: [message('BulkRequest')], Operations: operations });
  const create = (data: JsonObject, bulkId: string) => ({ method: 'POST', path: '/Users', bulkId, data });
  let batch = 2_000_000;
  const thousand = () => repeat(1000, () => benchUser((batch += 1)));
  const ring = (n: number, next: number): Json => ({
    method: 'POST',
    path: '/Groups',
    bulkId: `g${n}`,
    data: { schemas: [groupUrn], displayName: fresh(), members: [{ value: `bulkId:g${next}` }] },
  });
  return [
    { name: 'Bulk: 1,000 users', status: 200, call: () => bulk(thousand().map((one, n) => create(one, String(n)))) },
    {
      name: 'Bulk: 1,000 users of 4 KB',
      status: 200,
      call: () => bulk(thousand().map((one, n) => create({ ...one, title: 'x'.repeat(2900) }, String(n)))),
    },
    {
      name: 'Bulk: 1,000 users, once more with the same key',
      status: 200,
      call: async () => {
        const again = {
          ...bulk(thousand().map((one, n) => create(one, String(n)))),
          headers: { 'idempotency-key': fresh() },
        };
        await send('POST', '/Bulk', JSON.parse(again.body as string) as Json);
        return again;
      },
    },
    {
      name: 'Bulk: 1,000 users, dry run',
      status: 200,
      call: () => ({ ...bulk(thousand().map((one, n) => create(one, String(n)))), path: `${base}/Bulk?dryRun=true` }),
    },
    {
      name: 'Bulk: 500 groups of 100',
      status: 200,
      call: () =>
        bulk(
          repeat(500, (n) => ({
            method: 'POST',
            path: '/Groups',
            data: {
              schemas: [groupUrn],
              displayName: fresh(),
              members: users.slice(n, n + 100).map((value) => ({ value })),
            },
          })),
        ),
    },
    {
      name: 'Bulk: one group of 20,000 among others',
      status: 200,
      call: () =>
        bulk(
          repeat(3, (n) => ({
            method: 'POST',
            path: '/Groups',
            data: {
              schemas: [groupUrn],
              displayName: fresh(),
              members: users.slice(0, n === 1 ? 20_000 : 10).map((value) => ({ value })),
            },
          })),
        ),
    },
    {
      name: 'Bulk: 1,000 groups in a ring',
      status: 200,
      call: () => bulk(repeat(1000, (n) => ring(n, (n + 1) % 1000))),
    },
    {
      name: 'Bulk: 1,000 groups, each before what it needs',
      status: 200,
      call: () => bulk(repeat(1000, (n) => ring(n, Math.min(n + 1, 999)))),
    },
    {
      name: 'Bulk: a group of 20,000 references to nothing',
      status: 200,
      call: () =>
        bulk([
          {
            method: 'POST',
            path: '/Groups',
            bulkId: 'g',
            data: { schemas: [groupUrn], displayName: 'x', members: repeat(20_000, (n) => ({ value: `bulkId:${n}` })) },
          },
        ]),
    },
    {
      name: 'Bulk: a group of 20,000 references to one user',
      status: 200,
      call: () =>
        bulk([
          {
            method: 'POST',
            path: '/Groups',
            bulkId: 'g',
            data: { schemas: [groupUrn], displayName: fresh(), members: repeat(20_000, () => ({ value: 'bulkId:u' })) },
          },
          create(benchUser((batch += 1)), 'u'),
        ]),
    },
    {
      name: 'Bulk: 1,001 operations',
      status: 413,
      call: () => bulk(repeat(1001, (n) => create({ schemas: [userUrn], userName: 'x' }, String(n)))),
    },
  ];
}

function hostileBodies(): HeavyCase[] {
  const raw = (name: string, status: number, body: () => string | Buffer): HeavyCase => ({
    name,
    status,
    call: () => ({ method: 'POST', path: `${base}/Users`, body: body() }),
  });
  const most = 4 * MiB - 1000;
  const text = (unit: string) => JSON.stringify(user({ displayName: filled(unit, most / 2) }));
  return [
    raw('a text of 4 MB', 413, () => JSON.stringify(user({ displayName: 'x'.repeat(most) }))),
    raw('a text of 2 MB of é, ß and 你', 413, () => text('éß你')),
    raw('a text of 4 MB of escapes', 413, () => `{"userName":"x","displayName":"${filled('\\u00e9', most)}"}`),
    raw('a text that never ends', 400, () => `{"userName":"x","displayName":"${'x'.repeat(most)}`),
    raw('a name of 4 MB', 413, () => `{"${'x'.repeat(most)}":1}`),
    raw('a number of 4 MB', 400, () => `{"userName":${'1'.repeat(most)}}`),
    raw('4 MB of blanks', 400, () => `{${' '.repeat(most)}`),
    raw('4 MB of broken UTF-8', 400, () => Buffer.alloc(most, 0xc3)),
    raw('UTF-8 broken at its end', 400, () =>
      Buffer.concat([Buffer.from(`{"userName":"${'é'.repeat(most / 2)}`), Buffer.from([0xff])]),
    ),
    raw(
      'JSON broken at its end',
      400,
      () => `${JSON.stringify(user({ emails: repeat(60_000, (n) => ({ value: `a${n}@x.example` })) })).slice(0, -1)},}`,
    ),
    raw('4 MB of opening brackets', 400, () => '['.repeat(most)),
    raw('64 levels', 400, () => `${'['.repeat(64)}${']'.repeat(64)}`),
    raw(
      '64 levels, over and over',
      413,
      () => `[${repeat(25_000, () => `${'['.repeat(60)}${']'.repeat(60)}`).join()}]`,
    ),
    raw('64 levels, 4,000 times', 400, () => `[${repeat(4000, () => `${'['.repeat(60)}${']'.repeat(60)}`).join()}]`),
    raw('300,000 numbers', 413, () => `{"userName":[${'1,'.repeat(299_000)}1]}`),
    raw('a million numbers', 413, () => `[${'1,'.repeat(1_000_000)}1]`),
    raw('74,000 objects in an attribute nobody knows', 413, () =>
      JSON.stringify(user({ unheardOf: repeat(74_000, (n) => ({ a: n, b: 'some text or other' })) })),
    ),
    raw('2,000 attributes nobody knows', 400, () =>
      JSON.stringify(user(Object.fromEntries(repeat(1990, (n) => [`unheard${n}`, n])))),
    ),
    raw('2,001 attributes', 413, () => JSON.stringify(Object.fromEntries(repeat(2001, (n) => [`unheard${n}`, n])))),
    raw('10 MB', 413, () => 'x'.repeat(10 * MiB)),
    {
      name: '10 MB, no length given',
      status: 413,
      call: () => ({
        method: 'POST',
        path: `${base}/Users`,
        body: 'x'.repeat(10 * MiB),
        headers: { 'transfer-encoding': 'chunked' },
      }),
    },
  ];
}

/** What is small on the wire and large once it is read. */
function packedBodies({ users }: Scene): HeavyCase[] {
  const packed = (name: string, status: number, body: () => Buffer, encoding = 'gzip', path = '/Users'): HeavyCase => ({
    name,
    status,
    call: () => ({ method: 'POST', path: base + path, body: body(), headers: { 'content-encoding': encoding } }),
  });
  const members = users.slice(0, 60_000).map((value) => ({ value }));
  let zeros: Buffer | undefined;
  return [
    packed(
      `gzip: a group of ${members.length}`,
      201,
      () => gzipSync(JSON.stringify({ schemas: [groupUrn], displayName: fresh(), members })),
      'gzip',
      '/Groups?attributes=id',
    ),
    packed('gzip: 60,000 e-mail addresses', 413, () =>
      gzipSync(JSON.stringify(user({ emails: repeat(60_000, (n) => ({ value: `a${n}@x.example` })) }))),
    ),
    packed('gzip: 4 MB of blanks', 400, () => gzipSync(Buffer.alloc(4 * MiB - 1000, ' '))),
    packed('gzip: 256 MB of zeros', 413, () => (zeros ??= gzipSync(Buffer.alloc(256 * MiB)))),
    packed('gzip: none at all', 400, () => Buffer.alloc(4 * MiB - 1000, 'x')),
    packed('gzip: broken off', 400, () =>
      gzipSync(JSON.stringify(user({ displayName: 'x'.repeat(60_000) }))).subarray(0, -10),
    ),
    packed('brotli: 4 MB of blanks', 400, () => brotliCompressSync(Buffer.alloc(4 * MiB - 1000, ' ')), 'br'),
  ];
}

function hostileValues({ send }: Scene): HeavyCase[] {
  const create = (name: string, status: number, more: () => JsonObject): HeavyCase => ({
    name,
    status,
    call: () => post('/Users', user(more())),
  });
  const everyList = (count: number) => ({
    ...Object.fromEntries(
      ['emails', 'phoneNumbers', 'ims', 'photos', 'roles', 'entitlements'].map((name) => [
        name,
        repeat(count, (n) => ({
          value: name === 'photos' ? `https://x.example/${n}` : `v${n}@x.example`,
          type: 'work',
          display: `Ines ${n}`,
        })),
      ]),
    ),
    addresses: repeat(count, (n) => ({ streetAddress: `${n} Quay Street`, locality: 'Bristol', country: 'GB' })),
  });
  let large: Promise<string> | undefined;
  const largeUser = () =>
    (large ??= send('POST', '/Users', user(everyList(600))).then((one) => `${base}/Users/${idOf(one)}`));
  return [
    create('a text of 65,536 characters', 201, () => ({ displayName: 'x'.repeat(65_536) })),
    create('60 texts of 65,536 characters', 413, () => ({
      emails: repeat(60, (n) => ({ value: `${n}${'x'.repeat(65_000)}` })),
    })),
    create('2,000 e-mail addresses', 201, () => ({ emails: repeat(2000, (n) => ({ value: `a${n}@x.example` })) })),
    create('7 lists of 600 values', 201, () => everyList(600)),
    create('7 lists of 2,000 values', 413, () => everyList(2000)),
    create('60,000 e-mail addresses', 413, () => ({ emails: repeat(60_000, (n) => ({ value: `a${n}@x.example` })) })),
    create('a certificate of 3 MB', 413, () => ({ x509Certificates: [{ value: 'TUlJ'.repeat(750_000) }] })),
    create('a certificate of 3 MB that is none', 413, () => ({
      x509Certificates: [{ value: `${'TUlJ'.repeat(750_000)}!` }],
    })),
    create('a certificate of blanks', 413, () => ({ x509Certificates: [{ value: `${' '.repeat(3_000_000)}!` }] })),
    create('a text of combining marks', 400, () => ({ displayName: 'e\u0301'.repeat(20) + '\u0301'.repeat(60_000) })),
    create('20 texts of 30 marks at a time', 201, () => ({
      emails: repeat(20, (n) => ({ value: `${n}${`e${'\u0301\u0316'.repeat(15)}`.repeat(200)}` })),
    })),
    create('a long date', 413, () => ({
      [latchkeyUrn]: { startDate: `2031-05-06T07:08:09.${'1'.repeat(3_000_000)}Z` },
    })),
    create('a long flag', 413, () => ({ active: 't'.repeat(3_000_000) })),
    create('a telephone number of 65,000 digits', 201, () => ({
      phoneNumbers: [{ value: `+${'1'.repeat(65_000)}`, type: 'mobile' }],
    })),
    create('a telephone number of blanks', 201, () => ({
      phoneNumbers: [{ value: `+44${' ('.repeat(30_000)}x`, type: 'mobile' }],
      [latchkeyUrn]: { preRegistration: true, invitationMethod: 'smsOtp' },
    })),
    create('an address of a@a@a', 201, () => ({
      emails: [{ value: 'a@'.repeat(32_000) }],
      [latchkeyUrn]: { preRegistration: true },
    })),
    create('an address of dots', 201, () => ({
      emails: [{ value: `a@${'a.'.repeat(32_000)}` }],
      [latchkeyUrn]: { preRegistration: true },
    })),
    create('a locale of hyphens', 201, () => ({
      locale: 'en-'.repeat(20_000),
      preferredLanguage: 'en,'.repeat(20_000),
      timezone: 'A/'.repeat(30_000),
      [latchkeyUrn]: { preRegistration: true },
    })),
    create('a password of 60,000 characters', 400, () => ({ password: 'correct horse '.repeat(4200) })),
    create('a password of 256 characters', 201, () => ({ password: 'abcABC123!aaaa'.repeat(18) })),
    { name: 'GET a user of 4,200 values', status: 200, call: async () => ({ method: 'GET', path: await largeUser() }) },
    {
      name: 'PATCH one value of 4,200',
      status: 200,
      call: async () => ({
        method: 'PATCH',
        path: await largeUser(),
        body: patchOf([{ op: 'replace', path: 'emails[value eq "v5@x.example"].display', value: fresh() }]),
      }),
    },
    {
      name: 'PATCH 1,000 values of 4,200 by filter',
      status: 200,
      call: async () => ({
        method: 'PATCH',
        path: await largeUser(),
        body: patchOf(
          repeat(1000, (n) => ({
            op: 'replace',
            path: `emails[value eq "v${n % 600}@x.example"].display`,
            value: fresh(),
          })),
        ),
      }),
    },
  ];
}

function hostilePatches({ users }: Scene): HeavyCase[] {
  const patch = (name: string, status: number, operations: () => Json[], n = 7): HeavyCase => ({
    name: `PATCH ${name}`,
    status,
    call: () => ({ method: 'PATCH', path: `${base}/Users/${users[n] ?? ''}`, body: patchOf(operations()) }),
  });
  return [
    patch('1,000 attributes', 200, () => repeat(1000, () => ({ op: 'replace', path: 'displayName', value: fresh() }))),
    patch('1,000 paths of 4,000 characters', 400, () =>
      repeat(1000, () => ({
        op: 'replace',
        path: `emails[${'type eq "x" or '.repeat(240)}type eq "y"].display`,
        value: 'x',
      })),
    ),
    patch('1,000 paths of 90 comparisons', 200, () =>
      repeat(1000, (n) => ({ op: 'remove', path: `emails[${repeat(90, (m) => `type eq "${n}.${m}"`).join(' or ')}]` })),
    ),
    patch('a path of 4 MB', 400, () => [
      { op: 'replace', path: `emails[${'type eq "x" or '.repeat(240_000)}type eq "y"].display`, value: 'x' },
    ]),
    patch('a path of dots', 400, () => [{ op: 'replace', path: 'a.'.repeat(1_000_000), value: 'x' }]),
    patch('a path of colons', 400, () => [{ op: 'replace', path: `urn${':a'.repeat(1_000_000)}`, value: 'x' }]),
    patch('a path of blanks', 400, () => [{ op: 'replace', path: `emails[type${' '.repeat(3_000_000)}]`, value: 'x' }]),
    patch('1,001 operations', 400, () => repeat(1001, () => ({ op: 'replace', path: 'displayName', value: 'x' }))),
    patch(
      'a hundred times 2,000 values',
      200,
      () =>
        repeat(100, (k) => ({
          op: k % 2 === 0 ? 'add' : 'replace',
          path: 'roles',
          value: repeat(1000, (n) => ({ value: `role ${n}` })),
        })),
      8,
    ),
    patch('2,000 attributes nobody knows', 200, () => [
      { op: 'add', value: Object.fromEntries(repeat(1990, (n) => [`unheard${n}`, n])) },
    ]),
  ];
}

function hostileUrls(): HeavyCase[] {
  const get = (name: string, status: number, path: string, headers: Record<string, string> = {}): HeavyCase => ({
    name,
    status,
    call: () => ({ method: 'GET', path, headers }),
  });
  return [
    get('a URL of 60,000 characters', 400, `${base}/Users?filter=${'%28'.repeat(20_000)}`),
    get('20,000 query parameters', 200, `${base}/Users?count=1${'&a=1'.repeat(14_000)}`),
    get('a URL of 100,000 characters', 431, `${base}/Users?filter=${'a'.repeat(100_000)}`),
    get('a path of 20,000 slashes', 404, `${base}${'/'.repeat(20_000)}x`),
    get('attributes without end', 400, `${base}/Users?count=1&attributes=${'a,'.repeat(25_000)}`),
    get('a cursor of 50,000 characters', 400, `${base}/Users?cursor=${'A'.repeat(50_000)}`),
    get('If-None-Match without end', 200, `${base}/Users?count=1`, { 'if-none-match': 'W/"1",'.repeat(8000) }),
    get('a token of 50,000 characters', 401, `${base}/Users`, { authorization: `Bearer ${'a'.repeat(50_000)}` }),
    get('Authorization of blanks', 401, `${base}/Users`, { authorization: `Bearer${' '.repeat(50_000)}x y` }),
  ];
}

function adminCases(): HeavyCase[] {
  return [
    {
      name: 'admin: who has not got in yet',
      status: 200,
      call: () => ({ method: 'GET', path: '/admin/v1/onboarding' }),
    },
    {
      name: 'admin: the request log',
      status: 200,
      call: () => ({ method: 'GET', path: '/admin/v1/requests?count=1000' }),
    },
    {
      name: 'admin: deliveries',
      status: 200,
      call: () => ({ method: 'GET', path: '/admin/v1/deliveries?state=dead' }),
    },
  ];
}
