import { expect } from 'chai';
import { createHideSecrets } from '../../../src/http/calls/hide-secrets.ts';
import { createNoteRefusal, type Refusal } from '../../../src/http/calls/refusals.ts';
import { omit } from '../../../src/base/omit.ts';
import type { Log } from '../../../src/base/log.ts';
import type { RequestLogEntry } from '../../../src/domain/request-log.ts';
import { shippedTypes } from '../../support/resource-types.ts';

const refusal: Refusal = {
  requestId: 'r1',
  tenant: 'default',
  method: 'POST',
  path: '/Users',
  query: 'access_token=tulip',
  status: 401,
  ms: 1.5,
  address: '203.0.113.9',
  outcome: 'unknownToken',
  tokenEnd: 'wxyz',
  detail: 'the token is not known',
};

describe('requests that are turned away', () => {
  function bench() {
    const lines: Record<string, unknown>[] = [];
    const entries: RequestLogEntry[] = [];
    const time = { now: Date.parse('2031-05-06T07:00:00.000Z') };
    const note = createNoteRefusal({
      isTenant: (id) => id === 'default',
      clock: { now: () => new Date(time.now), newId: () => 'id' },
      log: { info: (line: Record<string, unknown>) => lines.push(line) } as unknown as Log,
      recorder: { record: (entry) => entries.push(entry) },
      hideSecrets: createHideSecrets(shippedTypes),
      hashName: (name) => `hash of ${name.length}`,
    });
    return { lines, entries, time, note };
  }

  it('get a line in the log and, as calls, an entry in the request log', () => {
    const { lines, entries, note } = bench();
    note(refusal);
    expect(lines).to.deep.equal([
      {
        requestId: 'r1',
        tenant: 'default',
        method: 'POST',
        path: '/Users',
        status: 401,
        outcome: 'unknownToken',
        address: '203.0.113.9',
        tokenEnd: 'wxyz',
      },
    ]);
    expect(entries).to.deep.equal([
      {
        id: 'r1',
        tenant: 'default',
        at: '2031-05-06T06:59:59.998Z',
        method: 'POST',
        path: '/Users',
        query: 'access_token=***',
        status: 401,
        ms: 1.5,
        outcome: 'unknownToken',
        address: '203.0.113.9',
        tokenEnd: 'wxyz',
        detail: 'the token is not known',
      },
    ]);
  });

  it('hold no token that was put into the path or the query in place of the header, of whatever shape', () => {
    const id = '2819c223-7f76-453a-919d-413861904646';
    const tokens = [
      'correct-horse-battery-staple-and-more',
      'AAAABBBBCCCCDDDDEEEE%2FFFFGGGGHHHHIIII%3D',
      'f'.repeat(64),
    ];
    for (const token of tokens) {
      const { lines, entries, note } = bench();
      note({ ...refusal, path: `/${token}/Users/${id}`, query: `x=${token}&filter=title eq "${token}"&count=1` });
      expect(lines[0]).to.include({ path: `/***/Users/${id}`.replace('***', '…') });
      expect(entries[0]).to.include({ path: `/***/Users/${id}`, query: 'x=***&filter=title+eq+%22***%22&count=1' });
    }
  });

  it('hide what the caller presents, although it looks like an id', () => {
    const id = '2819c223-7f76-453a-919d-413861904646';
    const { lines, entries, note } = bench();
    const path = `/Users/${id}/${'a/'.repeat(230)}${id}`;
    note({ ...refusal, path, query: `x=${id}`, authorization: `Bearer ${id}`, detail: `nothing is served at ${path}` });
    expect(JSON.stringify([lines, entries])).not.to.include(id.slice(0, 8));
  });

  it('name nobody: of a user name there is a keyed hash, and no entry', () => {
    const { lines, entries, note } = bench();
    const rest = omit(refusal, 'detail', 'tokenEnd');
    note({ ...rest, outcome: 'signInInvalid', name: 'ines@acme.example' });
    expect(lines[0]).to.include({ outcome: 'signInInvalid', nameHash: 'hash of 17' });
    expect(JSON.stringify(lines)).not.to.include('ines');
    expect(entries).to.deep.equal([]);
  });

  it('are cut when there is a flood of them, from one address or from many, and the next line says so', () => {
    const { lines, entries, time, note } = bench();
    for (let n = 0; n < 1000; n += 1) note(refusal);
    expect(lines).to.have.length(30);
    note({ ...refusal, address: '198.51.100.1' });
    expect(lines.at(-1)).to.include({ address: '198.51.100.1', withheld: 970 });
    for (let n = 0; n < 1000; n += 1) note({ ...refusal, address: `a${n}` });
    expect(lines).to.have.length(120);
    time.now += 60_000;
    note(refusal);
    expect(lines.at(-1)).to.include({ withheld: 911 });
    for (let minute = 0; minute < 50; minute += 1) {
      time.now += 60_000;
      for (let n = 0; n < 200; n += 1) note({ ...refusal, address: `a${n}` });
    }
    expect(entries.length).to.equal(1200);
    expect(lines.length).to.be.above(5000);
  });
});
