import type { MemberTexts } from '../port/text-frame.ts';

export function joined(some: MemberTexts, more: MemberTexts): MemberTexts {
  const separator = some.count > 0 && more.count > 0 ? ',' : '';
  return { count: some.count + more.count, text: some.text + separator + more.text };
}

/** @param opening a resource's text without its last brace */
export function closed(opening: string, members: MemberTexts | undefined): string {
  return members === undefined || members.count === 0
    ? `${opening}}`
    : `${opening}${opening === '{' ? '' : ','}"members":[${members.text}]}`;
}

/** A resource as JSON text, its members as they come. */
export async function* streamed(opening: string, members: AsyncIterable<MemberTexts>): AsyncGenerator<string> {
  let isOpen = false;
  for await (const { count, text } of members) {
    if (count === 0) continue;
    yield isOpen ? `,${text}` : `${opening}${opening === '{' ? '' : ','}"members":[${text}`;
    isOpen = true;
  }
  yield isOpen ? ']}' : `${opening}}`;
}

/**
 * A text that, given up before its first piece was read, still closes what it reads from: that may hold a database
 * cursor.
 */
export function closing(text: AsyncGenerator<string>, source: AsyncGenerator<unknown>): AsyncIterableIterator<string> {
  return {
    [Symbol.asyncIterator]() {
      return this;
    },
    next: () => text.next(),
    async return() {
      await text.return(undefined);
      await source.return(undefined);
      return { done: true, value: undefined };
    },
  };
}

export async function* inOrder(
  held: MemberTexts | undefined,
  rest: AsyncIterable<MemberTexts>,
): AsyncGenerator<MemberTexts> {
  if (held !== undefined) yield held;
  yield* rest;
}
