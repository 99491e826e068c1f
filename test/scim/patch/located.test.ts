import { expect } from 'chai';
import { atOnce, type Steps } from '../../../src/base/cooperative.ts';
import { InvalidValueError } from '../../../src/scim/model/scim-error.ts';
import { located, locatedSteps } from '../../../src/scim/patch/located.ts';

function* failing(cause: Error): Steps<void> {
  yield;
  throw cause;
}

describe('located', () => {
  for (const [name, run] of [
    ['a step', (cause: Error) => located(2, () => fail(cause))],
    ['steps', (cause: Error) => atOnce(locatedSteps(2, failing(cause)))],
  ] as const) {
    it(`names the operation in the refusal of ${name}`, () => {
      expect(() => run(new InvalidValueError('"title" is not text.'))).to.throw(
        InvalidValueError,
        'Operations[2]: "title" is not text.',
      );
    });

    it(`passes on a fault of ours in ${name} as it is`, () => {
      const fault = new RangeError('out of memory');
      expect(() => run(fault))
        .to.throw()
        .that.equals(fault);
    });
  }
});

function fail(cause: Error): never {
  throw cause;
}
