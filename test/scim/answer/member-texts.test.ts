import { expect } from 'chai';
import { closed, closing, inOrder, joined, streamed } from '../../../src/scim/answer/member-texts.ts';
import type { MemberTexts } from '../../../src/scim/port/text-frame.ts';

const none: MemberTexts = { count: 0, text: '' };
const one: MemberTexts = { count: 1, text: '{"value":"u1"}' };
const two: MemberTexts = { count: 2, text: '{"value":"u2"},{"value":"u3"}' };

async function* chunks(...all: readonly MemberTexts[]): AsyncGenerator<MemberTexts> {
  yield* all;
}

async function read(text: AsyncIterable<string>): Promise<string> {
  const pieces: string[] = [];
  for await (const piece of text) pieces.push(piece);
  return pieces.join('');
}

describe('the texts of members', () => {
  for (const [title, some, more, whole] of [
    ['two that have some, with a comma', one, two, { count: 3, text: `${one.text},${two.text}` }],
    ['none and some', none, one, one],
    ['some and none', one, none, one],
  ] as const) {
    it(`join: ${title}`, () => expect(joined(some, more)).to.deep.equal(whole));
  }

  for (const [title, opening, members, body] of [
    ['of one member', '{"id":"g1"', [one], { id: 'g1', members: [{ value: 'u1' }] }],
    [
      'of several, with gaps',
      '{"id":"g1"',
      [none, one, none, two],
      { id: 'g1', members: ['u1', 'u2', 'u3'].map((value) => ({ value })) },
    ],
    ['of none', '{"id":"g1"', [], { id: 'g1' }],
    ['of nothing else', '{', [one], { members: [{ value: 'u1' }] }],
    ['of nothing at all', '{', [none], {}],
  ] as const) {
    it(`make the resource ${title}, held or in pieces`, async () => {
      expect(JSON.parse(closed(opening, members.reduce(joined, none)))).to.deep.equal(body);
      expect(JSON.parse(await read(streamed(opening, chunks(...members))))).to.deep.equal(body);
    });
  }

  it('make a resource without members where there are none to show', () => {
    expect(closed('{"id":"g1"', undefined)).to.equal('{"id":"g1"}');
  });

  it('come with those that are held first', async () => {
    expect(await read(streamed('{', inOrder(one, chunks(two))))).to.equal(`{"members":[${one.text},${two.text}]}`);
    expect(await read(streamed('{', inOrder(undefined, chunks(two))))).to.equal(`{"members":[${two.text}]}`);
  });

  it('close what they are read from when they are given up before the first piece', async () => {
    const source = chunks(one);
    const text = closing(streamed('{', source), source);
    expect(await text.return?.()).to.deep.equal({ done: true, value: undefined });
    expect(await source.next()).to.deep.equal({ done: true, value: undefined });
  });
});
