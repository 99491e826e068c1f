import { expect } from 'chai';
import { judgeVisit, type Visit } from '../../../src/provisioning/messages/judge-visit.ts';

const safari =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1';
const person: Visit = {
  method: 'GET',
  userAgent: safari,
  accept: 'text/html,application/xhtml+xml,*/*;q=0.8',
  acceptLanguage: 'de-DE,de;q=0.9',
  fetchMode: 'navigate',
  secondsSinceSent: 95,
  linksAtOnce: 1,
};

describe('judgeVisit', () => {
  const people: Record<string, Partial<Visit>> = {
    'a phone': {},
    'a desktop': {
      userAgent:
        'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36 Edg/142.0.0.0',
    },
    'an old browser without Sec-Fetch-Mode': {
      userAgent: 'Mozilla/5.0 (Windows NT 6.1; Trident/7.0; rv:11.0) like Gecko',
      fetchMode: undefined,
    },
    'a mini browser': {
      userAgent: 'Opera/9.80 (Android; Opera Mini/36.2/119.132; U; id) Presto/2.12.423 Version/12.16',
    },
    'somebody very quick': { secondsSinceSent: 2 },
    'an office with two newcomers': { linksAtOnce: 2 },
  };
  for (const [name, changes] of Object.entries(people)) {
    it(`takes ${name} for a person`, () => {
      expect(judgeVisit({ ...person, ...changes })).to.deep.equal({ verdict: 'person', reasons: [] });
    });
  }

  const scanners: Record<string, [Partial<Visit>, string]> = {
    HEAD: [{ method: 'HEAD' }, 'asked for by HEAD'],
    'a prefetch': [{ purpose: 'prefetch;anonymous-client-ip' }, 'fetched in advance'],
    'no User-Agent': [{ userAgent: undefined }, 'no browser'],
    'a library': [{ userAgent: 'okhttp/4.12.0' }, 'no browser'],
    'a crawler that calls itself Mozilla': [
      { userAgent: 'Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)' },
      'a program by its own account',
    ],
    'a browser without a head': [
      { userAgent: 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 HeadlessChrome/142.0.0.0 Safari/537.36' },
      'a program by its own account',
    ],
    'a link preview': [
      { userAgent: 'Mozilla/5.0 (Windows NT 6.1) AppleWebKit/534 BingPreview/1.0b' },
      'a program by its own account',
    ],
    'no Accept-Language': [{ acceptLanguage: undefined }, 'asks for no language'],
    'anything will do': [{ accept: '*/*' }, 'does not ask for a page'],
    'no Accept': [{ accept: undefined }, 'does not ask for a page'],
    'a script on another page': [{ fetchMode: 'no-cors' }, 'not opened as a page'],
    'the moment of sending': [{ secondsSinceSent: 1.9 }, 'sooner than anybody reads'],
    'a clock that was set back': [{ secondsSinceSent: -60 }, 'sooner than anybody reads'],
    'three links at once': [{ linksAtOnce: 3 }, 'one of many links at once'],
  };
  for (const [name, [changes, reason]] of Object.entries(scanners)) {
    it(`takes ${name} for a scanner`, () => {
      const { verdict, reasons } = judgeVisit({ ...person, ...changes });
      expect(verdict).to.equal('scanner');
      expect(reasons).to.include(reason);
    });
  }

  it('names every sign', () => {
    expect(
      judgeVisit({ method: 'HEAD', userAgent: 'curl/8.5.0', accept: '*/*', secondsSinceSent: 0, linksAtOnce: 40 })
        .reasons,
    ).to.deep.equal([
      'asked for by HEAD',
      'no browser',
      'a program by its own account',
      'asks for no language',
      'does not ask for a page',
      'sooner than anybody reads',
      'one of many links at once',
    ]);
  });
});
