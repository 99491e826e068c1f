import { expect } from 'chai';
import { JsonText } from '../../../src/base/json-text.ts';
import type { Json } from '../../../src/base/json.ts';
import { dryRunIn, dryRunUrn, unclearDryRun, wantsDryRun, withDryRun } from '../../../src/scim/port/dry-run.ts';

describe('wantsDryRun', () => {
  for (const [query, wanted] of [
    ['', false],
    ['dryRun=true', true],
    ['DRYRUN=True', true],
    ['dryRun=false', false],
    ['count=1&dryrun=TRUE', true],
    ['dryRun=', 'unclear'],
    ['dryRun=1', 'unclear'],
    ['dryRun=true&dryRun=true', 'unclear'],
    ['dryRun=true&dryrun=false', 'unclear'],
  ] as const) {
    it(`?${query}: ${wanted}`, () => expect(wantsDryRun(new URLSearchParams(query))).to.equal(wanted));
  }

  it('names the parameter where it is unclear', () => {
    expect(unclearDryRun().message).to.equal('dryRun must be given once, as true or false: nothing was done.');
  });
});

describe('the report of a dry run', () => {
  const report = { deliveries: [{ channel: 'email', template: 'invitation', notBefore: 'now' }], rules: ['own: rule'] };
  const told = { deliveries: report.deliveries, rules: ['dialect: capitalisedOp', 'own: rule'] };

  for (const [title, body, rest] of [
    ['beside the resource', { schemas: ['urn:x'], id: 'u1' }, { schemas: ['urn:x', dryRunUrn], id: 'u1' }],
    ['alone for a DELETE', undefined, { schemas: [dryRunUrn] }],
    ['alone where the answer is not an object', [1], { schemas: [dryRunUrn] }],
  ] as const) {
    it(`is put ${title}, with the rules of the protocol first`, () => {
      const text = body === undefined ? undefined : new JsonText([JSON.stringify(body)]);
      expect(withDryRun(text, report, ['dialect: capitalisedOp'])).to.deep.equal({ ...rest, [dryRunUrn]: told });
    });
  }

  for (const [title, body, found] of [
    ['with the place', { meta: { location: '/Users/u1' }, [dryRunUrn]: told }, { location: '/Users/u1', report: told }],
    ['without a place', { [dryRunUrn]: told }, { location: undefined, report: told }],
    [
      'without a place that is text',
      { meta: { location: 7 }, [dryRunUrn]: told },
      { location: undefined, report: told },
    ],
    ['not in another answer', { id: 'u1', meta: {} }, undefined],
    ['not where it is not an object', { [dryRunUrn]: 'x' }, undefined],
    ['not in a list', [told], undefined],
    ['not in text', 'x', undefined],
    ['not in null', null, undefined],
    ['not in no answer', undefined, undefined],
  ] as const satisfies readonly (readonly [string, Json | undefined, unknown])[]) {
    it(`is found ${title}`, () => expect(dryRunIn(body as Json | undefined)).to.deep.equal(found));
  }

  it('is not looked for in texts of answers, which really did something', () => {
    expect(dryRunIn(new JsonText([JSON.stringify({ [dryRunUrn]: told })]))).to.equal(undefined);
    const pieces = (async function* () {
      yield '{}';
    })();
    expect(dryRunIn(pieces)).to.equal(undefined);
  });
});
