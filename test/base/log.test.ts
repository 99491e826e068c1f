import { expect } from 'chai';
import { createLog } from '../../src/base/log.ts';

describe('The log', () => {
  /** What one line becomes. */
  function logged(line: object): unknown {
    const lines: string[] = [];
    createLog('info', {
      write: (text: string) => {
        lines.push(text);
      },
    }).info(line, 'said');
    expect(lines).to.have.length(1);
    return JSON.parse(lines[0] ?? '');
  }

  it('hides what is under a secret name, at the top, two levels down and in lists, and changes no object of the caller', () => {
    const line = {
      code: 'X1',
      user: { email: 'a@b.example', name: 'Ines', proof: { link: 'https://…', kind: 'mail' } },
      steps: [{ to: 'a@b.example', op: 'send' }, 'done'],
    };
    const before = structuredClone(line);
    expect(logged(line)).to.deep.include({
      code: '(hidden)',
      user: { email: '(hidden)', name: 'Ines', proof: { link: '(hidden)', kind: 'mail' } },
      steps: [{ to: '(hidden)', op: 'send' }, 'done'],
    });
    expect(line).to.deep.equal(before);
  });

  it('leaves other lines as they are, with level and time as words', () => {
    const shown = logged({ status: 201, path: '/Users', rules: [], err: new TypeError('odd') }) as Record<
      string,
      unknown
    >;
    expect(shown).to.deep.include({ level: 'info', status: 201, path: '/Users', rules: [], msg: 'said' });
    expect(shown['time']).to.match(/^\d{4}-.*Z$/);
    expect(shown['err']).to.deep.include({ type: 'TypeError', message: 'odd' });
  });
});
