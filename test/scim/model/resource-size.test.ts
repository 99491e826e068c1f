import { expect } from 'chai';
import { refuseOversize } from '../../../src/scim/model/resource-size.ts';

describe('refuseOversize', () => {
  it('takes what a person can be expected to have', () => {
    expect(() =>
      refuseOversize({
        emails: Array.from({ length: 2000 }, (_, n) => ({
          value: `a${n}@x.example`,
          type: 'work',
          display: `Address ${n}`,
        })),
      }),
    ).not.to.throw();
  });

  for (const [name, value] of Object.entries({
    'a long text': 'x'.repeat(600_000),
    'many values': Array<number>(200_000).fill(1),
    'many names': Object.fromEntries(Array.from({ length: 60_000 }, (_, n) => [`name${n}`, 1])),
  })) {
    it(`refuses ${name} with 413`, () =>
      expect(() => refuseOversize({ a: [value] }))
        .to.throw(/at most 524288 characters/)
        .with.property('status', 413));
  }
});
