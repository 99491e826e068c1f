import { expect } from 'chai';
import { RequestRecorder } from '../../../src/http/calls/request-recorder.ts';
import { StoreUnavailableError } from '../../../src/provisioning/records/resource-store.ts';
import type { RequestLogEntry } from '../../../src/domain/request-log.ts';

const entry = (n: number): RequestLogEntry => ({
  id: `r${n}`,
  tenant: 'acme',
  at: '2031-05-06T07:08:09.000Z',
  client: { id: 'c', name: 'c' },
  method: 'GET',
  path: '/Users',
  status: 200,
  ms: 1,
  bodies: { response: n },
});

describe('RequestRecorder', () => {
  let batches: (readonly RequestLogEntry[])[];
  let warnings: object[];
  let failure: Error | undefined;
  let gate: Promise<void>;
  let recorder: RequestRecorder;
  beforeEach(() => {
    [batches, warnings, failure, gate] = [[], [], undefined, Promise.resolve()];
    recorder = new RequestRecorder(
      {
        append: async (entries) => {
          await gate;
          if (failure !== undefined) throw failure;
          batches.push(entries);
        },
        list: async () => ({ entries: [] }),
        purge: async () => undefined,
        remove: async () => undefined,
      },
      {
        warn: (values: object) => {
          warnings.push(values);
        },
      } as never,
    );
  });
  const record = (count: number): void => {
    for (let n = 0; n < count; n += 1) recorder.record(entry(n));
  };
  const filed = () => batches.flat().map(({ id }) => id);

  it('files nothing until it is told to, and each entry once', async () => {
    record(3);
    expect(batches).to.deep.equal([]);
    await Promise.all([recorder.flush(), recorder.flush()]);
    await recorder.flush();
    expect(filed()).to.deep.equal(['r0', 'r1', 'r2']);
  });

  it('files by itself once there are 500, in batches of as many', async () => {
    record(1100);
    await recorder.flush();
    expect(batches.map(({ length }) => length)).to.deep.equal([500, 500, 100]);
    expect(warnings).to.deep.equal([]);
  });

  it('keeps what the store cannot take now, without its bodies where it is much, and loses and counts what is too much', async () => {
    failure = new StoreUnavailableError('away');
    record(10_200);
    await recorder.flush();
    expect(batches).to.deep.equal([]);
    failure = undefined;
    await recorder.flush();
    expect(filed()).to.have.length(10_000);
    expect(batches[1]?.every(({ bodies }) => bodies === undefined)).to.equal(true);
    expect(warnings.at(-1)).to.deep.equal({ lost: 200 });
  });

  it('gives up what the store refuses for good, and goes on', async () => {
    failure = new Error('no such column');
    record(1);
    await recorder.flush();
    failure = undefined;
    recorder.record(entry(7));
    await recorder.flush();
    expect(filed()).to.deep.equal(['r7']);
    expect(warnings.at(-1)).to.deep.equal({ lost: 1 });
  });

  it('never makes a caller wait for the store', async () => {
    let open: () => void = () => undefined;
    gate = new Promise((resolve) => {
      open = resolve;
    });
    record(600);
    open();
    await recorder.flush();
    expect(filed()).to.have.length(600);
  });
});
