import { expect } from 'chai';
import { Traces } from '../../src/text/traces.ts';

describe('the traces of a person', () => {
  const traces = new Traces(['ines@acme.example', 'Ines Okoro', 'Zoë "Z" Roth', 'HR-12', 'ab']);

  it('are found in any letter case, within JSON, and percent-encoded', () => {
    for (const text of [
      'to INES@ACME.EXAMPLE at once',
      '{"userName":"ines@acme.example"}',
      JSON.stringify({ displayName: 'Zoë "Z" Roth' }),
      'Ines Okoro, Sales',
      'line\nHR-12;x',
      JSON.stringify('a line\nHR-12'),
    ])
      expect(traces.isIn(text), text).to.equal(true);
    expect(traces.isInUrl('filter=userName%20eq%20%22ines%40acme.example%22')).to.equal(true);
    expect(traces.isInUrl('q=Ines+Okoro')).to.equal(true);
    expect(traces.isInUrl('q=%E0%A4%A')).to.equal(false);
  });

  it('are not what only begins, ends or goes on like them, nor values of fewer than four characters', () => {
    for (const text of [
      'x.ines@acme.example',
      'my-ines@acme.example',
      'ines@acme.example.org',
      'ines@acme.examples',
      'Marines@acme.example',
      'Ines Okoroma',
      'CHR-12',
      'HR-123',
      'ab',
      '',
    ])
      expect(traces.isIn(text), text).to.equal(false);
    expect(traces.isIn('Write to ines@acme.example.')).to.equal(true);
    expect(new Traces([]).isIn('anything')).to.equal(false);
  });
});
