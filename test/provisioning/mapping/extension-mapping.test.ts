import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { isJsonObject, type Json, type JsonObject } from '../../../src/base/json.ts';
import { packageFile } from '../../../src/base/package-root.ts';
import { ExtensionMapping } from '../../../src/provisioning/mapping/extension-mapping.ts';
import { latchkeyUrn } from '../../../src/provisioning/user/latchkey-extension.ts';
import type { PatchOperation } from '../../../src/scim/patch/patch-op.ts';
import type { RequestContext } from '../../../src/scim/port/resource-handler.ts';
import { InvalidValueError } from '../../../src/scim/model/scim-error.ts';
import { groupType, shippedTypes, userType } from '../../support/resource-types.ts';

const shipped = packageFile('mappings');
const wso2 = 'urn:scim:wso2:schema';
const enterprise = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';
const custom = 'urn:ietf:params:scim:schemas:extension:custom:2.0:User';
const core = 'urn:ietf:params:scim:schemas:core:2.0:User';

function contextOf(name: string): RequestContext {
  return {
    tenant: 'acme',
    client: { id: 'c1', name },
    profile: 'auto',
    triggeredBy: 'scim',
    requestId: 'r',
    dryRun: false,
  };
}

describe('several names for one attribute in one PATCH', () => {
  const mapping = new ExtensionMapping([shipped], shippedTypes);
  const activeAfter = (operations: PatchOperation[]): unknown[] =>
    mapping.mapOperations(contextOf('idp'), userType, operations).map(({ path, value }) => {
      if (path !== undefined) return path.toLowerCase().endsWith('active') ? value : undefined;
      return isJsonObject(value) ? (value['active'] ?? value['ACTIVE'] ?? value[`${core}:active`]) : undefined;
    });
  const replace = (path: string, value: Json): PatchOperation => ({ op: 'replace', path, value });
  const aliases = [
    'accountLocked',
    `${wso2}:accountLocked`,
    `${wso2}.accountLocked`,
    `${enterprise}:accountLocked`,
    'EnterpriseUser:accountLocked',
  ];
  const owns = ['active', 'ACTIVE', `${core}:active`];

  for (const alias of aliases)
    for (const own of owns)
      it(`${alias} beside ${own}: a lock counts, else what is said of active, in any order and shape`, () => {
        const shapes = (said: Json, locked: Json): PatchOperation[][] => [
          [replace(own, said), replace(alias, locked)],
          [replace(alias, locked), replace(own, said)],
          [{ op: 'add', value: { [own]: said } }, replace(alias, locked)],
          [replace(own, said), { op: 'replace', value: { [alias]: locked } }],
          [replace(alias, locked), replace('title', 'Captain'), replace(own, said)],
        ];
        for (const operations of shapes(false, 'False')) expect(activeAfter(operations)).to.not.include(true);
        for (const operations of shapes('True', true))
          expect(activeAfter(operations).filter((one) => one !== undefined)).to.deep.equal([false, false]);
        for (const operations of shapes(true, false)) expect(activeAfter(operations)).to.not.include(false);
      });

  it('alone each does what it says, one after another', () => {
    expect(activeAfter([replace('accountLocked', true), replace('accountLocked', false)])).to.deep.equal([
      false,
      false,
    ]);
    expect(activeAfter([replace('active', true), replace('active', false)])).to.deep.equal([true, false]);
  });

  const path = `${latchkeyUrn}:startDate`;
  const valuesOf = (...operations: PatchOperation[]) =>
    mapping.mapOperations(contextOf('idp'), userType, operations).map(({ value }) => value);

  it('two names of one date must say the same, in whatever order and shape', () => {
    const others = [replace('startDate', '2031-01-01'), { op: 'add', value: { startDate: '2031-01-01' } }] as const;
    for (const other of others) {
      const said = String.raw`Operations\[1\]: .* are names of the same attribute, but their values differ`;
      expect(() => valuesOf(replace(path, '2031-05-06'), other)).to.throw(InvalidValueError, new RegExp(said));
      expect(() => valuesOf(other, replace(path, '2031-05-06'))).to.throw(InvalidValueError, new RegExp(said));
    }
    expect(() => valuesOf(replace(path, '2031-05-06'), replace('startDate', null))).to.throw(InvalidValueError);
    expect(valuesOf(replace(path, '2031-05-06'), replace('startDate', ' 20310506 '))).to.deep.equal([
      '2031-05-06',
      '2031-05-06',
    ]);
  });

  it('one name may be said again: the operations follow one another', () => {
    expect(valuesOf(replace('startDate', '2031-01-01'), replace('startDate', '2031-05-06'))).to.deep.equal([
      '2031-01-01',
      '2031-05-06',
    ]);
  });
});

describe('ExtensionMapping', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'latchkey-mapping-'));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  const mapping = new ExtensionMapping([shipped], shippedTypes);
  const map = (body: JsonObject) =>
    mapping.mapResource(contextOf('idp'), userType, { schemas: [core], userName: 'ines', ...body });
  const own = (name: string, file: unknown) => {
    writeFileSync(join(folder, `${name}.json`), typeof file === 'string' ? file : JSON.stringify(file, undefined, 2));
    return new ExtensionMapping([shipped, folder], shippedTypes);
  };

  const bodies: [string, JsonObject, JsonObject][] = [
    [
      "the identity server's URN",
      { [wso2]: { askPassword: 'true', verifyEmail: true } },
      { preRegistration: true, verifyEmail: true },
    ],
    ['its mirror under the enterprise URN', { [enterprise]: { askPassword: true } }, { preRegistration: true }],
    [
      'the custom URN',
      { [custom]: { preRegistration: 'True', forceResetPassword: 'False', client: 'crew-app' } },
      { preRegistration: true, forcePasswordReset: false, application: 'crew-app' },
    ],
    ['any letter case', { [custom.toUpperCase()]: { PREREGISTRATION: true } }, { preRegistration: true }],
    ['a key with the URN and a colon', { [`${wso2}:askPassword`]: true }, { preRegistration: true }],
    ['a key with the URN and a dot', { [`${custom}.forceResetPassword`]: 'True' }, { forcePasswordReset: true }],
    [
      'the key under which older identity servers have the enterprise extension',
      { EnterpriseUser: { askPassword: 'true' } },
      { preRegistration: true },
    ],
    ['the top level', { askPassword: true, sendPassword: 'false' }, { preRegistration: true, sendPassword: false }],
    ['a date alone, local still', { startDate: '2031-05-06' }, { startDate: '2031-05-06' }],
    ['a time without an offset', { startDate: '2031-05-06 07:08' }, { startDate: '2031-05-06T07:08:00' }],
    ['an offset in short', { startDate: '2031-05-06T07:08:09+0200' }, { startDate: '2031-05-06T07:08:09+02:00' }],
    ["a directory's day", { startDate: '20310506' }, { startDate: '2031-05-06' }],
    ["a directory's date", { startDate: '20310506070809Z' }, { startDate: '2031-05-06T07:08:09Z' }],
    ['an empty string', { [wso2]: { askPassword: '' } }, { preRegistration: null }],
  ];
  for (const [name, body, expected] of bodies) {
    it(`maps ${name}`, () => {
      const mapped = map(body);
      expect(mapped).to.deep.equal({ schemas: [core], userName: 'ines', [latchkeyUrn]: expected });
    });
  }

  it('leaves alone what it does not know, and never touches what it was given', () => {
    const body: JsonObject = {
      schemas: [core, wso2, enterprise],
      userName: 'ines',
      [enterprise]: { employeeNumber: '7', askPassword: true },
      [wso2]: { other: 1 },
    };
    const before = structuredClone(body);
    expect(mapping.mapResource(contextOf('idp'), userType, body)).to.deep.equal({
      schemas: [core, wso2, enterprise],
      userName: 'ines',
      [enterprise]: { employeeNumber: '7' },
      [wso2]: { other: 1 },
      [latchkeyUrn]: { preRegistration: true },
    });
    expect(body).to.deep.equal(before);
    expect(mapping.mapResource(contextOf('idp'), groupType, { displayName: 'Dock', askPassword: true })).to.deep.equal({
      displayName: 'Dock',
      askPassword: true,
    });
  });

  it('drops from schemas a URN that was nothing but another name', () => {
    expect(map({ schemas: [core, custom], [custom]: { preRegistration: true } })['schemas']).to.deep.equal([core]);
  });

  describe('names of one attribute', () => {
    const preRegistration = (said: Json): [string, JsonObject][] => [
      ['own', { [latchkeyUrn]: { PreRegistration: said } }],
      ['own in one key', { [`${latchkeyUrn}:preRegistration`]: said }],
      ['own with a dot', { [`${latchkeyUrn.toUpperCase()}.PRERegistration`]: said }],
      ['top level', { askPassword: said }],
      ['in the clear', { preRegistration: said }],
      ['custom', { [custom]: { preRegistration: said } }],
      ['WSO2', { [`${wso2}:askPassword`]: said }],
    ];
    const pairs = (one: Json, other: Json) =>
      preRegistration(one).flatMap(([name, body]) =>
        preRegistration(other)
          .filter(([otherName]) => otherName.split(' ')[0] !== name.split(' ')[0])
          .map(([otherName, otherBody]): [string, JsonObject] => [
            `${name} and ${otherName}`,
            { ...body, ...otherBody },
          ]),
      );
    /** What the body says of it in the end, under its own name. */
    const saidOf = (body: JsonObject): unknown =>
      Object.entries(map(body)).flatMap(([key, value]) => {
        if (!key.toLowerCase().startsWith(latchkeyUrn.toLowerCase())) return [];
        return isJsonObject(value) ? Object.values(value) : [value];
      });

    it('that say two things are refused, and both are named', () => {
      for (const [name, body] of pairs(true, 'False')) {
        expect(() => map(body), name).to.throw(InvalidValueError, /names of the same attribute/);
        const value = { ...body };
        const patch = [{ op: 'replace', value }] as const;
        expect(() => mapping.mapOperations(contextOf('idp'), userType, patch), name)
          .to.throw(InvalidValueError, /^Operations\[0\]: /)
          .with.property('status', 400);
      }
      expect(() => map({ askPassword: true, [custom]: { preRegistration: false } })).to.throw(
        `askPassword and ${custom}:preRegistration are names of the same attribute`,
      );
    });

    it('that say the same are fine, in whatever spelling of the value', () => {
      for (const [name, body] of pairs(true, 'True'))
        expect(JSON.stringify(saidOf(body)).replaceAll('"', '').toLowerCase(), name).to.equal('[true]');
      for (const same of ['2031-05-06T07:08:09Z', '2031-05-06T09:08:09+0200', '20310506070809Z'])
        expect(() => map({ startDate: same, [latchkeyUrn]: { startDate: '2031-05-06T07:08:09.000Z' } })).to.not.throw();
    });

    it('of which one says nothing leave it to the other in a whole body, and not in a PATCH', () => {
      for (const nothing of [null, '', ' ']) {
        for (const [name, body] of [...pairs(nothing, 'true'), ...pairs(true, nothing)])
          expect(JSON.stringify(saidOf(body)).replaceAll('"', ''), `${name}: ${nothing}`).to.equal('[true]');
        const patch = [
          { op: 'replace', value: { askPassword: true, [custom]: { preRegistration: nothing } } },
        ] as const;
        expect(() => mapping.mapOperations(contextOf('idp'), userType, patch)).to.throw(InvalidValueError);
      }
    });

    it('in two letter cases are one name, given twice', () => {
      expect(() => map({ askPassword: true, ASKPASSWORD: true })).to.throw('ASKPASSWORD is given twice');
    });

    it('a reference may be written as its value alone', () => {
      const onelogin = 'urn:scim:schemas:extension:enterprise:2.0';
      const manager = (own: Json, other: Json) => () =>
        map({ [enterprise]: { manager: own }, [onelogin]: { manager: other } });
      expect(manager({ value: 'a' }, 'a')).to.not.throw();
      expect(manager('a', { value: 'a', displayName: 'Ann' })).to.not.throw();
      expect(manager('a', 'b')).to.throw(InvalidValueError, `${onelogin}:manager and ${enterprise}:manager`);
      expect(manager({ value: 'a' }, 'A')).to.throw(InvalidValueError);
    });
  });

  it('deactivates a locked account whatever else is said, and activates an unlocked one unless told otherwise', () => {
    const active = (body: JsonObject) => map(body)['active'];
    expect(active({ [wso2]: { accountLocked: 'true' }, active: true })).to.equal(false);
    expect(active({ [wso2]: { accountLocked: false } })).to.equal(true);
    expect(active({ [wso2]: { accountLocked: false }, active: false })).to.equal(false);
    for (const unclear of ['yes', 1, '1', 'maybe', {}]) {
      expect(() => active({ [wso2]: { accountLocked: unclear } }), JSON.stringify(unclear)).to.throw(InvalidValueError);
      expect(() => active({ accountLocked: unclear }), JSON.stringify(unclear)).to.throw(InvalidValueError);
    }
  });

  it('maps PATCH operations: paths, path-less values, whole URNs, removals', () => {
    const mapped = mapping.mapOperations(contextOf('idp'), userType, [
      { op: 'replace', path: `${custom}:forceResetPassword`, value: 'True' },
      { op: 'replace', path: 'ASKPASSWORD', value: 'False' },
      { op: 'replace', value: { active: 'False', [`${wso2}:askPassword`]: 'True', [wso2]: { verifyEmail: 'true' } } },
      { op: 'add', path: wso2, value: { askPassword: true } },
      { op: 'remove', path: `${wso2}:askPassword` },
      { op: 'replace', path: `${wso2}:accountLocked`, value: 'true' },
      { op: 'replace', path: 'displayName', value: 'Ines' },
    ]);
    expect(mapped).to.deep.equal([
      { op: 'replace', path: `${latchkeyUrn}:forcePasswordReset`, value: true },
      { op: 'replace', path: `${latchkeyUrn}:preRegistration`, value: false },
      { op: 'replace', value: { active: 'False', [latchkeyUrn]: { preRegistration: true, verifyEmail: true } } },
      { op: 'add', value: { [latchkeyUrn]: { preRegistration: true } } },
      { op: 'remove', path: `${latchkeyUrn}:preRegistration` },
      { op: 'replace', path: 'active', value: false },
      { op: 'replace', path: 'displayName', value: 'Ines' },
    ]);
  });

  it('gives a constant without a source to every body that does not say it itself, and to no PATCH', () => {
    const file = { entries: [{ target: `${latchkeyUrn}:preRegistration`, transform: { constant: true } }] };
    const constant = own('idp', file);
    const mapped = (body: JsonObject) => constant.mapResource(contextOf('idp'), userType, { userName: 'i', ...body });
    expect(mapped({ title: 'Pilot' })).to.deep.equal({
      userName: 'i',
      title: 'Pilot',
      [latchkeyUrn]: { preRegistration: true },
    });
    expect(mapped({ [latchkeyUrn]: { preRegistration: false } })[latchkeyUrn]).to.deep.equal({
      preRegistration: false,
    });
    expect(mapped({ [wso2]: { askPassword: 'false' } })[latchkeyUrn]).to.deep.equal({ preRegistration: false });
    const operations = [
      { op: 'replace', value: { title: 'x' } },
      { op: 'remove', path: 'title' },
    ] as const;
    expect(constant.mapOperations(contextOf('idp'), userType, operations)).to.deep.equal(operations);
    expect(constant.mapResource(contextOf('idp'), groupType, { displayName: 'g' })).to.deep.equal({ displayName: 'g' });
    expect(() => own('other', { entries: [{ target: 'title', transform: 'lowerCase' }] })).to.throw(
      /no source.*constant/,
    );
  });

  it('refuses a value that cannot be read, naming the attribute as the client did', () => {
    expect(() => map({ [wso2]: { askPassword: 'perhaps' } }))
      .to.throw(`${wso2}:askPassword: "perhaps"`)
      .with.property('status', 400);
    expect(() => map({ startDate: 'soon' }))
      .to.throw('startDate')
      .with.property('scimType', 'invalidValue');
    expect(() => map({ askPassword: [true] })).to.throw('a single value');
  });

  it('has a file per client, before or instead of the default, with every transform', () => {
    const mine = own('hr-feed', {
      entries: [
        { source: 'login', target: 'userName', transform: 'lowerCase', wins: true },
        { source: 'mailbox', target: 'nickName', transform: { template: '{value}@mail.example' } },
        { source: 'grade', target: 'userType', transform: { lookup: { A: 'Employee', B: 'Contractor' } } },
        { source: 'joins', target: `${latchkeyUrn}:preRegistration`, transform: { constant: true } },
        { source: 'first', target: 'name.givenName' },
      ],
    });
    const body = {
      userName: 'X',
      login: 'INES',
      mailbox: 'ines',
      grade: 'b',
      joins: 'x',
      first: 'Ines',
      askPassword: false,
    };
    expect(mine.mapResource(contextOf('HR-Feed'), userType, body)).to.deep.equal({
      userName: 'ines',
      nickName: 'ines@mail.example',
      userType: 'Contractor',
      name: { givenName: 'Ines' },
      [latchkeyUrn]: { preRegistration: true },
    });
    expect(() => mine.mapResource(contextOf('hr-feed'), userType, { grade: 'C' })).to.throw('not one of A, B');
    expect(mine.mapResource(contextOf('idp'), userType, { login: 'INES' })).to.deep.equal({ login: 'INES' });
    const alone = own('hr-feed', { includeDefault: false, entries: [] });
    expect(alone.mapResource(contextOf('hr-feed'), userType, { askPassword: true })).to.deep.equal({
      askPassword: true,
    });
  });

  const faults: [string, string, RegExp][] = [
    ['broken JSON', '{\n  "entries": [\n    oops\n  ]\n}', /bad\.json:3: /],
    [
      'an unknown member',
      '{\n  "entries": [\n    { "source": "a", "target": "title",\n      "colour": 1 }\n  ]\n}',
      /bad\.json:4: .*colour/,
    ],
    [
      'an unknown transform',
      '{\n  "entries": [\n    { "source": "a", "target": "title",\n\n      "transform": "upside-down" }\n  ]\n}',
      /bad\.json:5: .*transform/,
    ],
    [
      'a target that no schema has',
      '{\n  "entries": [\n\n    { "source": "a", "target": "nowhere" }\n  ]\n}',
      /bad\.json:4: .*nowhere/,
    ],
    [
      'a resource type that does not exist',
      '{ "entries": [ { "resourceType": "Ship", "source": "a", "target": "title" } ] }',
      /bad\.json:1: .*Ship/,
    ],
    ['an empty file', '', /bad\.json:1: /],
  ];
  for (const [name, text, pattern] of faults) {
    it(`stops the start at ${name}, naming the line`, () => {
      expect(() => own('bad', text)).to.throw(pattern);
    });
  }
});
