import type { Request } from 'express';
import { expect } from 'chai';
import { queryValue } from '../../src/page-kit/query-value.ts';

const valueIn = (url: string, name = 'lang') => queryValue({ url } as Request, name);

describe('a query parameter', () => {
  for (const [url, value] of [
    ['/sign-in', undefined],
    ['/sign-in?', undefined],
    ['/sign-in?x=1', undefined],
    ['/sign-in?language=de', undefined],
    ['/sign-in?xlang=de', undefined],
    ['/sign-in?a=lang=de', undefined],
    ['/sign-in?lang=de', 'de'],
    ['/sign-in?x=1&lang=de&y=2', 'de'],
    ['/sign-in?lang=de&lang=fr', 'de'],
    ['/sign-in?lang', ''],
    ['/sign-in?lang=&lang=fr', ''],
    ['/sign-in?&&lang=de', 'de'],
    ['/sign-in?lang=a%26b+c%C3%BC', 'a&b cü'],
    ['/sign-in?lang=a=b', 'a=b'],
    ['/sign-in?lang=de?x', 'de?x'],
    ['/sign-in?lang=%', '%'],
  ] as const) {
    it(`is ${JSON.stringify(value)} in ${url}`, () => {
      expect(valueIn(url)).to.equal(value);
      expect(valueIn(url), 'as URLSearchParams reads it').to.equal(
        new URLSearchParams(url.split(/\?(.*)/s)[1]).get('lang') ?? undefined,
      );
    });
  }

  it('is found behind thousands of others', () => {
    expect(valueIn(`/sign-in?${'a=b&'.repeat(15_000)}lang=de`)).to.equal('de');
    expect(valueIn(`/sign-in?${'langs&'.repeat(10_000)}`)).to.equal(undefined);
  });
});
