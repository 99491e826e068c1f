import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { packageFile } from '../../../src/base/package-root.ts';
import { loadResourceTypes, SchemaFilesError } from '../../../src/scim/validate/load-schemas.ts';
import { badgeUrn, extendedTypes, shippedTypes } from '../../support/resource-types.ts';

describe('loadResourceTypes', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'latchkey-schemas-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const faultsOf = (files: Record<string, string>): string[] => {
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
    try {
      loadResourceTypes([packageFile('schemas'), folder]);
    } catch (error) {
      if (!(error instanceof SchemaFilesError)) throw error;
      return error.message
        .split('\n')
        .slice(1)
        .map((line) => line.replace(`${folder}/`, ''));
    }
    return [];
  };

  it('fills in the defaults of RFC 7643 §2.2', () => {
    expect(extendedTypes.byName('User')?.resolve({ schema: badgeUrn, attribute: 'doors' })?.attribute).to.deep.equal({
      name: 'doors',
      type: 'string',
      multiValued: true,
      description: '',
      required: false,
      caseExact: false,
      mutability: 'readWrite',
      returned: 'default',
      uniqueness: 'none',
    });
    expect(
      extendedTypes.byName('User')?.resolve({ schema: badgeUrn, attribute: 'photo' })?.attribute.caseExact,
    ).to.equal(true);
  });

  it('has the characteristics that the errata of RFC 7643 §8.7.1 settle', () => {
    const characteristic = (type: string, attribute: string, subAttribute?: string) =>
      shippedTypes.byName(type)?.resolve({ attribute, ...(subAttribute === undefined ? {} : { subAttribute }) });
    expect(characteristic('Group', 'displayName')?.attribute.required, 'erratum 5368').to.equal(true);
    expect(characteristic('Group', 'members', 'display'), 'erratum 6011').not.to.equal(undefined);
    expect(characteristic('User', 'manager', 'value')?.subAttribute?.caseExact, 'erratum 8472').to.equal(true);
    expect(characteristic('User', 'groups', '$ref')?.subAttribute?.referenceTypes, 'erratum 8471').to.deep.equal([
      'Group',
    ]);
  });

  it('adds resource types and extensions from a further folder', () => {
    expect(extendedTypes.all().map((type) => type.endpoint)).to.deep.equal([
      '/Users',
      '/Groups',
      '/AuditEvents',
      '/Entitlements',
      '/Roles',
    ]);
    expect(extendedTypes.byName('User')?.definition.schemaExtensions.at(-1)).to.deep.equal({
      schema: badgeUrn,
      required: false,
    });
    expect(shippedTypes.byName('User')?.schemaOf(badgeUrn)).to.equal(undefined);
  });

  it('reads what another server answered at /Schemas, and passes over JSON Schemas and other files', () => {
    const meta = { resourceType: 'Schema', location: '/v2/Schemas/x' };
    const schema = {
      schemas: ['urn:ietf:params:scim:schemas:core:2.0:Schema'],
      id: 'urn:x:y',
      name: 'Y',
      meta,
      attributes: [{ name: 'a', uniqueness: 'none' }],
    };
    expect(
      faultsOf({
        'y.json': JSON.stringify([schema, { name: 'Y', endpoint: '/Ys', schema: 'URN:X:Y' }]).replace('URN:', 'urn:'),
        'settings.schema.json': '{"$schema": "http://json-schema.org/draft-07/schema#"}',
        'README.md': 'not JSON',
      }),
    ).to.deep.equal([]);
  });

  const attributeFile = (attribute: string): Record<string, string> => ({
    'x.json': `[\n{ "id": "urn:x:y",\n  "attributes": [\n    { "name": "fine" },\n    ${attribute}\n  ]\n},\n{ "resourceType": "User", "schemaExtensions": [{ "schema": "urn:x:y" }] }\n]`,
  });
  const at = 'x.json:5: /0/attributes/1';
  const tables: [string, Record<string, string>, string[]][] = [
    [
      'broken JSON',
      { 'x.json': '{\n  "id": "urn:x",\n  "attributes": [,]\n}' },
      ['x.json:3: is not JSON: value expected'],
    ],
    [
      'no definition',
      { 'x.json': '{"a": 1}' },
      [
        "x.json:1: is not a SCIM definition: a schema has 'attributes', a resource type 'endpoint', "
          + "an addition to a resource type 'resourceType' and 'schemaExtensions'",
      ],
    ],
    [
      'a misspelt characteristic',
      attributeFile('{ "name": "a", "multivalued": true }'),
      [`${at}/multivalued is not a known key here`],
    ],
    [
      'a type that is none',
      attributeFile('{ "name": "a", "type": "text" }'),
      [
        `${at}/type must be one of "string", "boolean", "decimal", "integer", "dateTime", "binary", "reference", "complex"`,
      ],
    ],
    [
      'a name that cannot be written in a path',
      attributeFile('{ "name": "a.b" }'),
      [`${at}/name is not of the form ^(\\$ref|[A-Za-z][A-Za-z0-9_-]*)$`],
    ],
    [
      "a name of JavaScript's own",
      attributeFile('{ "name": "constructor" }'),
      [`${at}/name cannot be used as a name: 'constructor'`],
    ],
    [
      'a common attribute',
      attributeFile('{ "name": "externalID" }'),
      [`${at}/name is an attribute of every resource: leave 'externalID' out (RFC 7643 §3.1)`],
    ],
    [
      'a name twice',
      attributeFile('{ "name": "FINE" }'),
      [`${at}/name is there twice: 'FINE' (letter case does not count)`],
    ],
    [
      'complex without sub-attributes',
      attributeFile('{ "name": "a", "type": "complex" }'),
      [`${at} must have subAttributes`],
    ],
    [
      'sub-attributes of what is not complex',
      attributeFile('{ "name": "a", "subAttributes": [{ "name": "b" }] }'),
      [`${at}/subAttributes must be empty here`],
    ],
    [
      'complex within complex (§2.3.8)',
      attributeFile(
        '{ "name": "a", "type": "complex", "subAttributes": [{ "name": "b", "type": "complex", "subAttributes": [{ "name": "c" }] }] }',
      ),
      [
        `${at}/subAttributes/0/type must be one of "string", "boolean", "decimal", "integer", "dateTime", "binary", "reference"`,
      ],
    ],
    [
      'a resource type without its schema',
      { 'x.json': '{ "name": "X", "endpoint": "/Xs",\n "schema": "urn:x:none" }' },
      ['x.json:2: /schema names a schema that no file defines: urn:x:none'],
    ],
    [
      'an endpoint of the protocol',
      { 'x.json': '{ "name": "X", "endpoint": "/bulk", "schema": "urn:ietf:params:scim:schemas:core:2.0:User" }' },
      ['x.json:1: /endpoint is taken by the protocol itself: /bulk'],
    ],
    [
      'a second resource type of one name and endpoint',
      {
        'x.json':
          '{ "name": "user",\n "endpoint": "/users",\n "schema": "urn:ietf:params:scim:schemas:core:2.0:User" }',
      },
      [
        `x.json:1: /name is defined already, in ${packageFile('schemas/resource-types.json')}: user`,
        `x.json:2: /endpoint is defined already, in ${packageFile('schemas/resource-types.json')}: /users`,
      ],
    ],
    [
      'a second schema of one URN',
      { 'x.json': '{ "id": "urn:ietf:params:scim:schemas:core:2.0:GROUP", "attributes": [{ "name": "a" }] }' },
      [
        `x.json:1: /id is defined already, in ${packageFile('schemas/group.json')}: urn:ietf:params:scim:schemas:core:2.0:GROUP`,
      ],
    ],
    [
      'a schema nobody uses',
      { 'x.json': '{ "id": "urn:x:y", "attributes": [{ "name": "a" }] }' },
      [
        'x.json:1: /id is used by no resource type: add a resource type, or {"resourceType": "User", "schemaExtensions": [{"schema": "urn:x:y"}]}',
      ],
    ],
    [
      'an extension for nobody',
      { 'x.json': '{ "resourceType": "Person", "schemaExtensions": [] }' },
      ["x.json:1: /resourceType names no resource type: 'Person'"],
    ],
    [
      'an extension added twice',
      {
        'x.json':
          '{ "resourceType": "User", "schemaExtensions": [\n{ "schema": "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User" }] }',
      },
      [
        "x.json:2: /schemaExtensions/0/schema is already a schema of 'User': urn:ietf:params:scim:schemas:extension:enterprise:2.0:User",
      ],
    ],
  ];
  for (const [name, files, faults] of tables)
    it(`refuses ${name}, with its line`, () => expect(faultsOf(files)).to.deep.equal(faults));

  it('lists the faults of every file at once', () => {
    expect(
      faultsOf({ 'a.json': '{', 'b.json': '3', 'c.json': '{ "id": "x", "attributes": [] }' }).map(
        (fault) => fault.split(':')[0],
      ),
    ).to.deep.equal(['a.json', 'b.json', 'c.json', 'c.json']);
  });

  it('refuses a folder that is not there', () => {
    expect(() => loadResourceTypes([join(folder, 'none')])).to.throw(SchemaFilesError, 'is not a readable folder');
  });
});
