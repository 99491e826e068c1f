import { expect } from 'chai';
import { loggedAttributePath, loggedPath } from '../../../src/http/calls/logged-path.ts';

describe('paths in the log', () => {
  it('name no person: what is not an address of ours is left out', () => {
    const kept = ['/Users/01935e1a-7c1e-7d3a-9c55-2f6a3c1b8d10', '/.well-known/x.json', '/Schemas/urn:ietf:a:2.0:User'];
    for (const path of kept) expect(loggedPath(path)).to.equal(path);
    expect(loggedPath('/Users/ines@acme.example')).to.equal('/Users/…');
    expect(loggedPath('/Users/ines%40acme.example/x')).to.equal('/Users/…/x');
    expect(loggedPath('/Users/Ines Okoro')).to.equal('/Users/…');
  });

  it('of attributes lose the values that they compare with', () => {
    expect(loggedAttributePath('emails[value eq "i\\"nes@acme.example"].value')).to.equal('emails[value eq "…"].value');
    expect(loggedAttributePath('emails[value eq "cut off')).to.equal('emails[value eq "…"');
    expect(loggedAttributePath('name.familyName')).to.equal('name.familyName');
  });
});
