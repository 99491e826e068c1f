import { expect } from 'chai';
import type { Json } from '../../../src/base/json.ts';
import type { ClientProfile } from '../../../src/domain/client-profile.ts';
import { parsePath } from '../../../src/scim/filter/path.ts';
import { Dialect } from '../../../src/scim/model/dialects.ts';
import { InvalidFilterError } from '../../../src/scim/model/scim-error.ts';
import { elementFilter, type ElementFilter } from '../../../src/scim/patch/element-filter.ts';
import { shipType } from '../../support/ship-type.ts';

function filterOf(text: string, profile: ClientProfile = 'auto'): ElementFilter & { readonly dialect: Dialect } {
  const { path, filter } = parsePath(text);
  const resolved = shipType.resolve(path);
  if (resolved === undefined || filter === undefined) throw new Error(`${text} has no filter`);
  const dialect = new Dialect(profile);
  return { ...elementFilter(shipType, resolved, filter, dialect), dialect };
}

describe('elementFilter', () => {
  for (const [text, seed] of [
    ['berths[type eq "bow"]', { type: 'bow' }],
    ['berths[TYPE eq "bow"]', { type: 'bow' }],
    ['berths[type eq "bow" and heated eq true]', { type: 'bow', heated: true }],
    ['berths[type eq "bow" and type eq "bow"]', { type: 'bow' }],
    ['berths[heated eq "True"]', { heated: true }],
    ['flags[value eq "DE"]', 'DE'],
    ['berths[type eq "bow" and type eq "stern"]', undefined],
    ['berths[type eq "bow" or type eq "stern"]', undefined],
    ['berths[not (type eq "bow")]', undefined],
    ['berths[type sw "b"]', undefined],
    ['berths[type pr]', undefined],
    ['berths[type eq null]', undefined],
  ] as const satisfies readonly (readonly [string, Json | undefined])[]) {
    it(`${text} ${seed === undefined ? 'does not say what to make' : `makes ${JSON.stringify(seed)}`}`, () => {
      expect(filterOf(text).seed).to.deep.equal(seed);
    });
  }

  for (const [text, element, isMeant] of [
    ['berths[type eq "BOW"]', { type: 'bow' }, true],
    ['berths[type pr]', { value: 'A1' }, false],
    ['berths[heated eq "false" or type eq "bow"]', { heated: false }, true],
    ['berths[not (heated eq "true") and value pr]', { value: 'A1', heated: true }, false],
    ['berths[guests eq "Ines"]', { guests: ['Tove', 'Ines'] }, true],
    ['flags[value sw "D"]', 'DE', true],
    ['flags[value sw "D"]', 'SE', false],
  ] as const) {
    it(`${text} ${isMeant ? 'means' : 'does not mean'} ${JSON.stringify(element)}`, () => {
      expect(filterOf(text).matches(element as Json)).to.equal(isMeant);
    });
  }

  it('notes the rule by which it reads a boolean as text, and only where there is one', () => {
    expect(filterOf('berths[heated eq "True"]').dialect.rules()).to.deep.equal(['booleanTextInFilter']);
    expect(filterOf('berths[type eq "true"]').dialect.rules()).to.deep.equal([]);
    expect(filterOf('berths[heated eq true]').dialect.rules()).to.deep.equal([]);
  });

  it('compares text with a boolean as a query does, and makes none of it, for a client that is taken by the letter', () => {
    const filter = filterOf('berths[heated eq "true"]', 'strict');
    expect([filter.matches({ heated: true }), filter.matches({ heated: false })]).to.deep.equal([true, false]);
    expect({ seed: filter.seed, rules: filter.dialect.rules() }).to.deep.equal({ seed: { heated: 'true' }, rules: [] });
  });

  it('refuses a sub-attribute that the elements do not have', () => {
    expect(() => filterOf('berths[deck eq "2"]')).to.throw(InvalidFilterError, /deck/);
  });
});
