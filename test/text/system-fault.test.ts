import { expect } from 'chai';
import { readFileSync } from 'node:fs';
import { systemFault } from '../../src/text/system-fault.ts';

describe('systemFault', () => {
  const faultOf = (act: () => unknown): string => {
    try {
      act();
    } catch (cause) {
      return systemFault(cause);
    }
    throw new Error('nothing went wrong');
  };

  it('names the code and says what to do', () => {
    expect(faultOf(() => readFileSync('/etc/passwd/x'))).to.match(/^ENOTDIR: a part of the path is a file/);
    expect(faultOf(() => readFileSync('/nowhere/at/all'))).to.match(/^ENOENT: .*check the path$/);
    expect(faultOf(() => readFileSync('/'))).to.match(/^EISDIR: /);
  });

  it('hands on what it has no sentence for', () => {
    expect(systemFault(new Error('odd'))).to.equal('odd');
    expect(systemFault('thrown text')).to.equal('thrown text');
  });
});
