import { expect } from 'chai';
import { packageFile } from '../../../src/base/package-root.ts';
import { loadResourceTypes } from '../../../src/scim/validate/load-schemas.ts';
import type { Json } from '../../../src/base/json.ts';
import { elementDocument } from '../../../src/scim/search/element-document.ts';
import { buildSearchDocument, searchKey } from '../../../src/scim/search/search-document.ts';
import { shipType } from '../../support/ship-type.ts';

const types = loadResourceTypes([packageFile('schemas')]);
const core = 'urn:ietf:params:scim:schemas:core:2.0:User';
const enterprise = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';
const latchkey = 'urn:ietf:params:scim:schemas:extension:latchkey:2.0:User';

describe('buildSearchDocument', () => {
  it('holds every attribute once, normalised, the primary element first, without secrets and relations', () => {
    const document = buildSearchDocument(types.byName('User')!, {
      id: 'U-1',
      version: 7,
      created: '2026-03-01T08:00:00.000Z',
      lastModified: '2026-03-01T08:00:00.120Z',
      resource: {
        schemas: [core, enterprise],
        userName: 'A\u030aSA',
        externalId: 'Ab',
        password: 'secret',
        active: false,
        title: '',
        name: { familyName: 'Groß' },
        emails: [{ value: 'B@x', type: 'home' }, { value: 'C@x' }, { value: 'A@x', primary: true }],
        photos: [],
        ims: null,
        x509Certificates: [{ value: 'AAbb' }],
        groups: [{ value: 'g' }],
        unknown: 'x',
        [enterprise]: { manager: { value: 'M', $ref: '../Users/M' } },
        [latchkey]: { sendPassword: true, resend: 'x' },
      },
    });
    expect(document).to.deep.equal({
      id: 'U-1',
      schemas: [core, enterprise],
      username: 'åsa',
      externalid: 'Ab',
      active: false,
      title: '',
      name: { familyname: 'gross' },
      emails: [{ value: 'a@x', primary: true }, { value: 'b@x', type: 'home' }, { value: 'c@x' }],
      x509certificates: [{ value: 'AAbb' }],
      'urn:ietf:params:scim:schemas:extension:enterprise:2%2e0:user': {
        manager: { value: 'M', '%24ref': '../Users/M' },
      },
      meta: {
        resourcetype: 'User',
        created: '2026-03-01T08:00:00.000000000Z',
        lastmodified: '2026-03-01T08:00:00.120000000Z',
        version: 7,
      },
    });
  });

  it('holds lists of plain values, and what is stored in a way that its schema does not have', () => {
    const document = buildSearchDocument(shipType, {
      id: 's',
      version: 1,
      created: '2026-03-01T08:00:00.000Z',
      lastModified: 'long ago',
      resource: {
        flags: ['DE', 'SE'],
        surveys: ['2031-05-06T09:08:09+02:00', 'in May'],
        ratings: [],
        keel: { wood: 'oak' },
        hull: 'steel',
        owner: {},
        berths: ['A1', { value: 'A1', guests: ['Ines', 'Tove'] }, 7],
        crests: ['round'],
      },
    });
    expect(document).to.deep.equal({
      id: 's',
      flags: ['de', 'se'],
      surveys: ['2031-05-06T07:08:09.000000000Z', 'in May'],
      keel: '{"wood":"oak"}',
      berths: [{ value: 'a1', guests: ['ines', 'tove'] }],
      meta: { resourcetype: 'Ship', created: '2026-03-01T08:00:00.000000000Z', lastmodified: 'long ago', version: 1 },
    });
  });

  it('leaves the members of a group out', () => {
    const document = buildSearchDocument(types.byName('Group')!, {
      id: 'g',
      version: 1,
      created: '2026-03-01T08:00:00.000Z',
      lastModified: '2026-03-01T08:00:00.000Z',
      resource: { displayName: 'Dock', members: [{ value: 'u' }] },
    });
    expect(document).to.have.all.keys('id', 'displayname', 'meta');
  });

  it('has keys that any document database takes', () => {
    expect(['$ref', 'userName', 'urn:x:2.0:$A'].map(searchKey)).to.deep.equal([
      '%24ref',
      'username',
      'urn:x:2%2e0:%24a',
    ]);
  });
});

describe('elementDocument', () => {
  for (const [name, element, document] of [
    ['flags', 'DE', { value: 'de' }],
    ['berths', { value: 'A1', heated: true, deck: 2 }, { value: 'a1', heated: true }],
    ['berths', { $ref: 'X', guests: ['Ines'] }, { '%24ref': 'X', guests: ['ines'] }],
    ['flags', { value: 'DE' }, {}],
  ] as const satisfies readonly (readonly [string, Json, object])[]) {
    it(`of ${name} ${JSON.stringify(element)} is ${JSON.stringify(document)}`, () => {
      const { attribute } = shipType.resolve({ attribute: name })!;
      expect(elementDocument(attribute, element)).to.deep.equal(document);
    });
  }
});
