import { expect } from 'chai';
import { loadLocales } from '../../src/text/locales.ts';
import { packageFile } from '../../src/base/package-root.ts';
import { relativeTime } from '../../src/text/relative-time.ts';

const minute = 60_000;

describe('the time until a moment', () => {
  it('is told in the largest unit that is close enough, and never too short', () => {
    const told = [0, minute, 1.5 * minute, 1.6 * minute, 14.1 * minute, 90 * minute, 91 * minute, 47 * 60 * minute].map(
      (ms) => relativeTime('en', ms, 'in about a minute'),
    );
    expect(told).to.deep.equal([
      'in about a minute',
      'in about a minute',
      'in about a minute',
      'in 2 minutes',
      'in 15 minutes',
      'in 90 minutes',
      'in 2 hours',
      'in 47 hours',
    ]);
    expect(relativeTime('en', 49 * 60 * minute, '')).to.equal('in 3 days');
  });

  it('is told in every language there are words in', () => {
    const told = [...loadLocales(packageFile('locales')).keys()].map((language) =>
      relativeTime(language, 15 * minute, ''),
    );
    expect(new Set(told).size).to.be.greaterThan(told.length - 3);
    expect(told.filter((text) => /in 15 minutes/.test(text))).to.have.length(1);
  });
});
