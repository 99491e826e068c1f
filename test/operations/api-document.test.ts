import { expect } from 'chai';
import { createApiRouter } from '../../src/api/api-router.ts';
import { isJsonObject, type Json, type JsonObject } from '../../src/base/json.ts';
import { createLog } from '../../src/base/log.ts';
import { AdminBench, apiDocument, documentAt } from '../support/admin-bench.ts';

/** Every object in a JSON value, with its pointer. */
function* objectsIn(value: Json, pointer = ''): Generator<[JsonObject, string]> {
  if (isJsonObject(value)) yield [value, pointer];
  if (typeof value !== 'object' || value === null) return;
  for (const [name, inner] of Object.entries(value))
    yield* objectsIn(inner, `${pointer}/${encodeURIComponent(name.replaceAll('~', '~0').replaceAll('/', '~1'))}`);
}

describe('openapi.json', () => {
  it('has a target for every $ref, and an operationId of its own for every operation', () => {
    for (const [object, pointer] of objectsIn(apiDocument.json)) {
      if (typeof object['$ref'] === 'string')
        expect(documentAt(object['$ref'].slice(1)), `${pointer} -> ${object['$ref']}`).not.to.equal(undefined);
    }
    const ids = apiDocument.operations.map(({ id }) => id);
    expect(new Set(ids).size).to.equal(ids.length).and.to.be.greaterThan(12);
    expect(ids).not.to.include('undefined');
  });

  it('has examples, and each satisfies its schema', () => {
    let checked = 0;
    for (const [object, pointer] of objectsIn(apiDocument.json)) {
      if (!isJsonObject(object['schema'])) continue;
      const examples = [
        ...('example' in object ? [object['example']] : []),
        ...(isJsonObject(object['examples'])
          ? Object.values(object['examples']).map((one) => (isJsonObject(one) ? one['value'] : undefined))
          : []),
      ];
      const valid = apiDocument.validator(`${pointer}/schema`);
      for (const example of examples) {
        expect(valid(example), `${pointer}: ${JSON.stringify(valid.errors)}`).to.equal(true);
        checked += 1;
      }
    }
    expect(checked).to.be.greaterThan(30);
  });

  it('cannot be served with an operation missing or too many', () => {
    const parts = {
      document: apiDocument,
      authenticate: async () => {
        throw new Error('nobody');
      },
      log: createLog('silent'),
    };
    const operations = Object.fromEntries(apiDocument.operations.map(({ id }) => [id, () => ({ body: {} })]));
    expect(() => createApiRouter({ ...parts, operations })).not.to.throw();
    expect(() => createApiRouter({ ...parts, operations: { ...operations, surplus: () => ({ body: {} }) } })).to.throw(
      /surplus/,
    );
    const { resend, ...others } = operations;
    expect(resend).to.be.a('function');
    expect(() => createApiRouter({ ...parts, operations: others })).to.throw(/resend/);
  });

  it('is what is served: each operation wants its scope, each path refuses other methods', async () => {
    const bench = new AdminBench();
    for (const { id, method, path, scope } of apiDocument.operations) {
      const place = path.replaceAll(/\{\w+\}/g, 'x');
      const call = method as 'get' | 'post';
      const taken = apiDocument.operations.filter((one) => one.path === path).map((one) => one.method);
      if (scope === undefined) {
        expect((await bench.call(call, place, undefined, '')).status, id).to.equal(200);
      } else {
        expect(['admin', 'audit:read', 'auth', 'operator']).to.include(scope);
        expect((await bench.call(call, place, undefined, '')).status, id).to.equal(401);
        expect((await bench.call(call, place, {}, scope === 'admin' ? 'auth' : 'admin')).status, id).to.equal(403);
        expect((await bench.call(call, place, {}, 'scim:read')).status, id).to.equal(403);
      }
      const free = (['get', 'post', 'put'] as const).find((one) => !taken.includes(one));
      const other = await bench.call(free ?? 'patch', place, undefined, scope ?? '');
      expect(other.status, id).to.equal(405);
      expect(other.headers['allow'], id).to.equal(
        taken.map((one) => (one === 'get' ? 'GET, HEAD' : one.toUpperCase())).join(', '),
      );
    }
    expect((await bench.call('get', '/admin/v1/openapi.json', undefined, '')).body).to.deep.equal(apiDocument.json);
    expect((await bench.call('get', '/auth/v1', undefined, 'auth')).status).to.equal(404);
    expect((await bench.call('get', '/auth/v1/users', undefined, 'auth')).status).to.equal(404);
  });
});
