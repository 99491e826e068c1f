import { expect } from 'chai';
import { JsonText } from '../../../src/base/json-text.ts';
import type { JsonObject } from '../../../src/base/json.ts';
import { parseProjection } from '../../../src/scim/answer/projection.ts';
import { idOf, Representer, type Body } from '../../../src/scim/answer/represent.ts';
import type { Resource } from '../../../src/scim/model/resource.ts';
import type { Representation } from '../../../src/scim/port/resource-handler.ts';
import { groupType, groupUrn, shippedTypes, userType, userUrn } from '../../support/resource-types.ts';
import type { Shown } from '../../../src/scim/answer/shown.ts';

const base = 'https://scim.example/scim/v2';
const times = { created: '2031-05-06T07:08:09Z', lastModified: '2031-05-07T07:08:09Z' };
const representer = new Representer(shippedTypes, base);

function metaOf(resourceType: string, id: string): JsonObject {
  return { resourceType, ...times, location: `${base}/${resourceType}s/${id}`, version: 'W/"3"' };
}

function user(more: Partial<Representation> = {}): Shown {
  const resource = { schemas: [userUrn], id: 'u1', userName: 'ines' };
  return {
    type: userType,
    projection: { kind: 'default' },
    representation: { resource, resourceType: 'User', version: 3, ...times, ...more },
  };
}

function group(chunks: readonly (readonly Resource[])[], attributes?: string): Shown {
  const resource = { schemas: [groupUrn], id: 'g1', displayName: 'Harbour' };
  return {
    type: groupType,
    projection: parseProjection(groupType, { attributes }),
    representation: { resource, resourceType: 'Group', version: 3, ...times, members: inChunks(chunks) },
  };
}

async function* inChunks(chunks: readonly (readonly Resource[])[]): AsyncGenerator<readonly Resource[]> {
  yield* chunks;
}

async function read(body: Body): Promise<JsonObject> {
  const pieces: string[] = [];
  if (body instanceof JsonText) pieces.push(...body.pieces.map(String));
  else for await (const piece of body) pieces.push(piece);
  return JSON.parse(pieces.join('')) as JsonObject;
}

describe('Representer', () => {
  describe('one resource', () => {
    const groups = [{ value: 'g1', display: 'Harbour', type: 'direct' }];
    const shownGroups = [{ ...groups[0], $ref: `${base}/Groups/g1` }];
    const text = `{"schemas":["${userUrn}"],"userName":"ines"}`;
    const plain = { schemas: [userUrn], id: 'u1', userName: 'ines', meta: metaOf('User', 'u1') };

    for (const [title, shown, body] of [
      ['has its meta', user(), plain],
      ['is the same from its text', user({ publicText: { text, id: 'u1', groups: [] } }), plain],
      [
        'has its groups from its text',
        user({ publicText: { text, id: 'u1', groups } }),
        { ...plain, groups: shownGroups },
      ],
      [
        'has its groups with their place',
        user({ resource: { schemas: [userUrn], id: 'u1', userName: 'ines', groups } }),
        { ...plain, groups: shownGroups },
      ],
      [
        'keeps a group as it is that has no id',
        user({ resource: { schemas: [userUrn], id: 'u1', userName: 'ines', groups: [{ display: 'Old' }] } }),
        { ...plain, groups: [{ display: 'Old' }] },
      ],
      [
        'is made from what is stored where its id needs escapes',
        user({
          resource: { schemas: [userUrn], id: 'u/1', userName: 'ines' },
          publicText: { text, id: 'u/1', groups: [] },
        }),
        { ...plain, id: 'u/1', meta: metaOf('User', 'u%2F1') },
      ],
      [
        'is made from what is stored where its text shows nothing',
        user({ publicText: { text: '{}', id: 'u1', groups: [] } }),
        plain,
      ],
      [
        'shows what is asked for, whatever its text says',
        {
          ...user({ publicText: { text, id: 'u1', groups: [] } }),
          projection: parseProjection(userType, { attributes: 'meta.version' }),
        },
        { schemas: [userUrn], id: 'u1', meta: { version: 'W/"3"' } },
      ],
      [
        'shows what was sent to a client that may not read, whatever its text says',
        { ...user({ publicText: { text, id: 'u1', groups } }), sent: { active: true } },
        { schemas: [userUrn], id: 'u1', meta: metaOf('User', 'u1') },
      ],
    ] as const satisfies readonly (readonly [string, Shown, JsonObject])[]) {
      it(title, async () => expect(await read(await representer.body(shown))).to.deep.equal(body));
    }

    it('without an id is a fault of ours', () => {
      const { representation } = user({ resource: { userName: 'ines' } });
      expect(() => idOf(representation)).to.throw('a representation has no id');
    });
  });

  describe('the members of a group', () => {
    for (const [title, members, shown] of [
      [
        'have their place',
        [{ value: 'u1', type: 'User', display: 'Ines' }],
        [{ value: 'u1', type: 'User', display: 'Ines', $ref: `${base}/Users/u1` }],
      ],
      ['need no name', [{ value: 'g2', type: 'Group' }], [{ value: 'g2', type: 'Group', $ref: `${base}/Groups/g2` }]],
      [
        'of a type that is not served any more have no place',
        [{ value: 'd1', type: 'Device' }],
        [{ value: 'd1', type: 'Device' }],
      ],
      ['without a type have no place', [{ value: 'x1' }], [{ value: 'x1' }]],
      [
        'with an id that needs escapes have it in their place',
        [{ value: 'a/"b', type: 'User' }],
        [{ value: 'a/"b', type: 'User', $ref: `${base}/Users/a%2F%22b` }],
      ],
    ] as const) {
      it(title, async () => {
        const body = await read(await representer.body(group([members])));
        expect(body['members']).to.deep.equal(shown);
      });
    }

    it('show what is asked for', async () => {
      const chunk: readonly Resource[] = [{ value: 'u1', type: 'User' }, { display: 'without an id' }];
      const body = await read(await representer.body(group([chunk], 'members.value')));
      expect(body).to.deep.equal({ schemas: [groupUrn], id: 'g1', members: [{ value: 'u1' }] });
    });

    it('are left out where there are none', async () => {
      expect(await read(await representer.body(group([[]])))).not.to.have.property('members');
    });

    it('are not held where there are more than a thousand', async () => {
      const chunk = Array.from({ length: 600 }, (_, index) => ({ value: `u${index}`, type: 'User' }));
      expect(await representer.heldBody(group([chunk, chunk]))).to.equal(undefined);
      expect(await representer.heldBody(group([chunk]))).to.be.instanceOf(JsonText);
    });
  });

  describe('a list', () => {
    it('has each resource once, groups with their members among them', async () => {
      const body = await representer.listBody({ totalResults: 3 }, [user(), group([[{ value: 'u1' }]]), user()]);
      const { totalResults, Resources: resources } = await read(body);
      expect({ totalResults, ids: (resources as JsonObject[]).map(({ id }) => id) }).to.deep.equal({
        totalResults: 3,
        ids: ['u1', 'g1', 'u1'],
      });
    });

    it('is the same from text, with the groups of those that are in some', async () => {
      const frame = representer
        .frameOf(userType)
        .map((part) => (typeof part === 'string' ? part : { ...times, id: 'u1', version: '3' }[part.of]))
        .join('');
      const whole = Buffer.from([1, 2].map(() => `${frame}"userName":"ines"}`).join());
      const page = { count: 2, text: whole, groups: new Map([[1, [{ value: 'g1', type: 'direct' }]]]) };
      const { Resources: resources } = representer.pageBody({ totalResults: 2 }, userType, page).parse() as JsonObject;
      const one = { id: 'u1', userName: 'ines', meta: metaOf('User', 'u1') };
      expect(resources).to.deep.equal([
        one,
        { ...one, groups: [{ value: 'g1', type: 'direct', $ref: `${base}/Groups/g1` }] },
      ]);
    });
  });

  it('frames resources alike, from however many base URLs they are read', () => {
    const frame = representer.frameOf(userType);
    for (let host = 0; host < 250; host += 1)
      new Representer(shippedTypes, `https://h${host}.example`).frameOf(userType);
    expect(representer.frameOf(userType)).to.deep.equal(frame);
  });
});
