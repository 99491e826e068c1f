import { expect } from 'chai';
import fc from 'fast-check';
import type { Json, JsonObject } from '../../../src/base/json.ts';
import { applyPatch, patchSteps } from '../../../src/scim/patch/apply-patch.ts';
import { parsePatchRequest, type PatchOperation } from '../../../src/scim/patch/patch-op.ts';
import type { ClientProfile } from '../../../src/domain/client-profile.ts';
import type { Resource } from '../../../src/scim/model/resource.ts';
import { MutabilityError, ScimError } from '../../../src/scim/model/scim-error.ts';
import { groupType, userType, userUrn } from '../../support/resource-types.ts';

const options = { profile: 'auto', unknownAttributes: 'drop' } as const;

type Email = { value?: string; type?: string; primary?: boolean };

/** What a user is in the model below: plain fields, no SCIM. */
interface Model {
  displayName?: string;
  name?: Record<string, string>;
  emails: Email[];
}

/** One operation with what it means, written down independently. */
interface Step {
  readonly operation: PatchOperation;
  readonly apply: (model: Model) => void;
}

const types = ['work', 'home', 'other'] as const;
const word = fc.constantFrom('a', 'b', 'c');
const kind = fc.constantFrom(...types);
const nameParts = fc.constantFrom('givenName', 'familyName');
const spelled = fc.tuple(word, fc.boolean()).map(([text, shouts]) => (shouts ? text.toUpperCase() : text));
const isValue = (email: Email, value: string): boolean => email.value?.toLowerCase() === value.toLowerCase();
/** RFC 7643 §2.4: an address of one type is there once, in whichever case it is written. */
const same = (one: Email, other: Email): boolean =>
  one.value?.toLowerCase() === other.value?.toLowerCase() && one.type === other.type;

/** Two that have become the same are one: the first, primary if either was. */
function joinSame(model: Model): void {
  model.emails = model.emails.filter((email, index) => {
    const first = model.emails.find((other) => same(other, email))!;
    if (model.emails.indexOf(first) === index) return true;
    if (email.primary !== undefined) first.primary = first.primary === true || email.primary;
    return false;
  });
}

function claimPrimary(model: Model, claimant: Email): void {
  for (const email of model.emails) if (email !== claimant && email.primary === true) email.primary = false;
}

const setDisplayName = fc
  .tuple(fc.constantFrom('add' as const, 'replace' as const), word, fc.boolean())
  .map(([op, value, pathless]): Step => ({
    operation: pathless ? { op, value: { displayName: value } } : { op, path: 'displayName', value },
    apply: (model) => {
      model.displayName = value;
    },
  }));
const removeDisplayName = fc.constant<Step>({
  operation: { op: 'remove', path: 'displayName' },
  apply: (model) => {
    delete model.displayName;
  },
});
const setNamePart = fc
  .tuple(
    fc.constantFrom('add' as const, 'replace' as const),
    nameParts,
    word,
    fc.constantFrom('sub', 'whole', 'dotted'),
  )
  .map(([op, part, value, form]): Step => ({
    operation:
      form === 'sub'
        ? { op, path: `name.${part}`, value }
        : form === 'whole'
          ? { op, path: 'name', value: { [part]: value } }
          : { op, value: { [`name.${part}`]: value } },
    apply: (model) => {
      model.name = { ...model.name, [part]: value };
    },
  }));
const removeNamePart = nameParts.map((part): Step => ({
  operation: { op: 'remove', path: `name.${part}` },
  apply: (model) => {
    delete model.name?.[part];
    if (model.name !== undefined && Object.keys(model.name).length === 0) delete model.name;
  },
}));
const primacy = fc.option(fc.boolean(), { nil: undefined });
const addEmail = fc.tuple(spelled, kind, primacy).map(([value, type, primary]): Step => ({
  operation: { op: 'add', path: 'emails', value: [{ value, type, ...(primary === undefined ? {} : { primary }) }] },
  apply: (model) => {
    const added: Email = { value, type };
    const held = model.emails.find((email) => same(email, added)) ?? added;
    if (held === added) model.emails.push(added);
    if (primary !== undefined) held.primary = primary;
    if (primary === true) claimPrimary(model, held);
  },
}));
const addTwoEmails = fc.tuple(spelled, spelled, kind).map(([one, other, type]): Step => ({
  operation: { op: 'add', path: 'emails', value: [one, other].map((value) => ({ value, type })) },
  apply: (model) => {
    for (const value of [one, other])
      if (!model.emails.some((email) => same(email, { value, type }))) model.emails.push({ value, type });
  },
}));
const replaceEmails = fc
  .uniqueArray(fc.tuple(word, kind), { maxLength: 3, selector: ([value, type]) => value + type })
  .map((emails): Step => ({
    operation: { op: 'replace', path: 'emails', value: emails.map(([value, type]) => ({ value, type })) },
    apply: (model) => {
      model.emails = emails.map(([value, type]) => ({ value, type }));
    },
  }));
const setEmailValue = fc
  .tuple(fc.constantFrom('add' as const, 'replace' as const), kind, word)
  .map(([op, type, value]): Step => ({
    operation: { op, path: `emails[type eq "${type}"].value`, value },
    apply: (model) => {
      const found = model.emails.filter((email) => email.type === type);
      for (const email of found) email.value = value;
      if (found.length === 0) model.emails.push({ type, value });
      joinSame(model);
    },
  }));
const removeEmails = kind.map((type): Step => ({
  operation: { op: 'remove', path: `emails[type eq "${type}"]` },
  apply: (model) => {
    model.emails = model.emails.filter((email) => email.type !== type);
  },
}));
const removeEmailType = word.map((value): Step => ({
  operation: { op: 'remove', path: `emails[value eq "${value.toUpperCase()}"].type` },
  apply: (model) => {
    for (const email of model.emails) if (isValue(email, value)) delete email.type;
    joinSame(model);
  },
}));
const removeEmailValue = fc
  .tuple(
    kind,
    fc.constantFrom<Partial<PatchOperation>>(
      { op: 'remove' },
      { op: 'replace', value: null },
      { op: 'replace', value: '' },
    ),
  )
  .map(([type, form]): Step => ({
    operation: { op: 'remove', ...form, path: `emails[type eq "${type}"].value` },
    apply: (model) => {
      model.emails = model.emails.filter((email) => email.type !== type);
    },
  }));
const removeByValue = spelled.map((value): Step => ({
  operation: { op: 'remove', path: 'emails', value: [{ value }] },
  apply: (model) => {
    model.emails = model.emails.filter((email) => !isValue(email, value));
  },
}));

const steps = fc.array(
  fc.oneof(
    setDisplayName,
    removeDisplayName,
    setNamePart,
    removeNamePart,
    addEmail,
    addTwoEmails,
    replaceEmails,
    setEmailValue,
    removeEmails,
    removeEmailType,
    removeEmailValue,
    removeByValue,
  ),
  { minLength: 1, maxLength: 12 },
);

function resourceOf({ displayName, name, emails }: Model): Resource {
  return {
    schemas: [userUrn],
    userName: 'ines',
    ...(displayName === undefined ? {} : { displayName }),
    ...(name === undefined ? {} : { name }),
    ...(emails.length === 0 ? {} : { emails: emails.map((email): JsonObject => ({ ...email })) }),
  };
}

describe('applyPatch', () => {
  it('agrees with an independent model over sequences of operations', () => {
    fc.assert(
      fc.property(steps, (sequence) => {
        const model: Model = { emails: [] };
        const before = resourceOf(model);
        for (const { apply } of sequence) apply(model);
        const { resource, changed } = applyPatch(
          userType,
          before,
          sequence.map(({ operation }) => operation),
          options,
        );
        expect(resource).to.deep.equal(resourceOf(model));
        expect(changed).to.equal(JSON.stringify(resource) !== JSON.stringify(before));
        expect(before).to.deep.equal({ schemas: [userUrn], userName: 'ines' });
      }),
      { numRuns: 3000 },
    );
  });

  it('makes of a sequence in one request what it makes of the same operations one by one', () => {
    fc.assert(
      fc.property(steps, (sequence) => {
        const start: Resource = { schemas: [userUrn], userName: 'ines' };
        const oneByOne = sequence.reduce(
          (resource, { operation }) => applyPatch(userType, resource, [operation], options).resource,
          start,
        );
        expect(
          applyPatch(
            userType,
            start,
            sequence.map(({ operation }) => operation),
            options,
          ).resource,
        ).to.deep.equal(oneByOne);
      }),
      { numRuns: 500 },
    );
  });

  it('leaves everything as it was when one operation fails', () => {
    const before: Resource = { schemas: [userUrn], userName: 'ines', emails: [{ value: 'a' }] };
    const asSent = structuredClone(before);
    const operations: PatchOperation[] = [
      { op: 'add', path: 'emails', value: [{ value: 'b', primary: true }] },
      { op: 'remove', path: 'emails[value eq "a"]' },
      { op: 'replace', path: 'nonsense', value: 1 },
    ];
    expect(() => applyPatch(userType, before, operations, options)).to.throw(ScimError, /^Operations\[2\]: .*nonsense/);
    expect(before).to.deep.equal(asSent);
  });

  it('answers the very resource when nothing changes', () => {
    const before: Resource = { schemas: [userUrn], userName: 'ines', emails: [{ value: 'a', type: 'work' }] };
    const { resource, changed, operations } = applyPatch(
      userType,
      before,
      [
        { op: 'add', path: 'emails', value: [{ type: 'work', value: 'a' }] },
        { op: 'replace', path: 'USERNAME', value: 'ines' },
        { op: 'remove', path: 'title' },
      ],
      options,
    );
    expect(resource).to.equal(before);
    expect(changed).to.equal(false);
    expect(operations.map(({ outcome }) => outcome)).to.deep.equal(['alreadyTrue', 'alreadyTrue', 'alreadyTrue']);
  });

  for (const taking of [
    { op: 'remove', path: 'userName' },
    { op: 'replace', path: 'userName', value: null },
    { op: 'replace', value: { title: 'Pilot', userName: null } },
  ] as const) {
    it(`refuses ${JSON.stringify(taking)} though the next operation gives it anew`, () => {
      const before: Resource = { schemas: [userUrn], userName: 'ines' };
      const operations = [
        { op: 'add', path: 'title', value: 'Captain' },
        taking,
        { op: 'add', path: 'userName', value: 'tove' },
      ] as const;
      expect(() => applyPatch(userType, before, operations, options)).to.throw(
        MutabilityError,
        /Operations\[1\].*"userName" is required/,
      );
    });
  }

  it('hands relations on as operations on members, conditions included', () => {
    const { members } = applyPatch(
      groupType,
      { displayName: 'Harbour' },
      [{ op: 'remove', path: 'members[display sw "A"]' }],
      options,
    );
    expect(members).to.have.length(1);
    expect(members[0]).to.deep.include({ index: 0, kind: 'removeWhere' });
  });

  it('leaves it to those who know the members to refuse a change inside them: there may be no such member', () => {
    for (const [path, scimType] of [
      ['members[value eq "u1"].display', 'mutability'],
      ['members[value eq "u1"]', 'invalidPath'],
    ] as const) {
      const { members } = applyPatch(groupType, { displayName: 'G' }, [{ op: 'replace', path, value: 'x' }], options);
      expect(members[0]).to.deep.include({ index: 0, kind: 'refuse' });
      expect(members[0]).to.have.nested.property('error.scimType', scimType);
    }
    expect(() =>
      applyPatch(groupType, { displayName: 'G' }, [{ op: 'replace', path: 'members.display', value: 'x' }], options),
    ).to.throw(MutabilityError, 'Operations[0]');
  });

  it('refuses two primaries at once', () => {
    const before: Resource = {
      schemas: [userUrn],
      userName: 'ines',
      emails: [
        { value: 'a', type: 'work' },
        { value: 'b', type: 'work' },
      ],
    };
    expect(() =>
      applyPatch(userType, before, [{ op: 'replace', path: 'emails[type eq "work"].primary', value: true }], options),
    ).to.throw(ScimError, /primary/);
  });

  it('joins an element that becomes what another is (RFC 7643 §2.4)', () => {
    const before: Resource = {
      schemas: [userUrn],
      userName: 'ines',
      emails: [
        { value: 'a', type: 'work', primary: true },
        { value: 'A', type: 'home', display: 'Home' },
      ],
    };
    const operation = { op: 'replace', path: 'emails[type eq "home"].type', value: 'work' } as const;
    expect(applyPatch(userType, before, [operation], options).resource['emails']).to.deep.equal([
      { value: 'a', type: 'work', primary: true, display: 'Home' },
    ]);
  });

  it('stays quick with long lists', () => {
    const many = Array.from({ length: 2000 }, (_, index) => ({ value: `r${index}` }));
    const before: Resource = { schemas: [userUrn], userName: 'ines', roles: many };
    const started = performance.now();
    applyPatch(
      userType,
      before,
      [
        { op: 'add', path: 'roles', value: many },
        { op: 'remove', path: 'roles', value: many },
      ],
      options,
    );
    expect(performance.now() - started).to.be.lessThan(2000);
  });

  it('ends lists at 2,000 values, and lets others have their turn between any two operations', () => {
    const many = Array.from({ length: 2000 }, (_, index) => ({ value: `r${index}` }));
    const before: Resource = { schemas: [userUrn], userName: 'ines', roles: many };
    expect(() =>
      applyPatch(userType, before, [{ op: 'add', path: 'roles', value: [{ value: 'one more' }] }], options),
    ).to.throw(ScimError, /"roles" may have at most 2000 values/);
    const rename = { op: 'replace', path: 'roles.display', value: 'x' } as const;
    expect([...patchSteps(userType, before, [rename, rename, rename], options)]).to.have.length(3);
  });
});

describe('PATCH with hostile input', () => {
  const path = fc.oneof(
    fc.string(),
    fc.string({ unit: 'grapheme' }),
    fc
      .array(
        fc.constantFrom(
          'emails',
          'name',
          '[',
          ']',
          '.',
          ':',
          'urn:',
          userUrn,
          'type eq "work"',
          '"',
          '\\',
          '$ref',
          '__proto__',
          'constructor',
          'value',
          ' ',
          'members',
          'not (',
          ')',
        ),
        { maxLength: 8 },
      )
      .map((parts) => parts.join('')),
    fc.constantFrom(
      'emails',
      'name.givenName',
      'emails[type eq "work"].value',
      'members',
      'active',
      'meta.version',
      'id',
      'schemas',
      'password',
      userUrn,
    ),
  );
  const value = fc.oneof(
    fc.jsonValue(),
    fc.dictionary(path, fc.jsonValue(), { maxKeys: 4 }),
    fc.constantFrom({ __proto__: 1 }, [null], [[]], [{}], '', null),
  );
  const operation = fc.record(
    { op: fc.oneof(fc.constantFrom('add', 'Replace', 'REMOVE'), fc.string()), path, value },
    { requiredKeys: ['op'] },
  );
  const profile = fc.constantFrom<ClientProfile>('auto', 'entra', 'okta', 'strict');

  it('never throws anything but a ScimError, and never changes its input', () => {
    fc.assert(
      fc.property(
        fc.array(operation, { minLength: 1, maxLength: 4 }),
        profile,
        fc.boolean(),
        (operations, spoken, isUser) => {
          const type = isUser ? userType : groupType;
          const before: Resource = isUser
            ? { userName: 'ines', emails: [{ value: 'a', type: 'work' }], name: { givenName: 'I' } }
            : { displayName: 'Harbour' };
          const asSent = structuredClone(before);
          try {
            const { resource } = applyPatch(
              type,
              before,
              parsePatchRequest({ Operations: operations as Json }, spoken),
              { profile: spoken, unknownAttributes: 'drop' },
            );
            JSON.stringify(resource, (key, one: unknown) => {
              expect(one, key).to.not.equal(null);
              return one;
            });
          } catch (error) {
            if (!(error instanceof ScimError)) throw error;
            expect(error.status).to.equal(400);
          }
          expect(before).to.deep.equal(asSent);
          expect(({} as Record<string, unknown>)['polluted']).to.equal(undefined);
        },
      ),
      { numRuns: 3000 },
    );
  });

  it('refuses bodies that are no PATCH', () => {
    for (const body of [
      undefined,
      null,
      1,
      'x',
      [],
      {},
      { Operations: {} },
      { Operations: [null] },
      { Operations: [{}] },
      { schemas: 'x', Operations: [{ op: 'remove', path: 'title' }] },
    ] as (Json | undefined)[]) {
      expect(() => parsePatchRequest(body, 'auto'), JSON.stringify(body)).to.throw(ScimError);
    }
    const many = Array.from({ length: 1001 }, () => ({ op: 'remove', path: 'title' }));
    expect(() => parsePatchRequest({ Operations: many }, 'auto')).to.throw(ScimError, /1000/);
  });
});
