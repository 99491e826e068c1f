import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { createRunModule } from '../../src/webhooks/run-module.ts';

describe('createRunModule', () => {
  let folder = '';
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'latchkey-modules-'));
  });
  after(() => rmSync(folder, { recursive: true }));

  const run = (code: string, limitMs?: number) => {
    writeFileSync(join(folder, 'crm.mjs'), code);
    return createRunModule(folder, limitMs)('crm.mjs', { type: 'user.created', data: { userName: 'ines' } });
  };
  const written = () => JSON.parse(readFileSync(join(folder, 'out.json'), 'utf8')) as unknown;
  const saying = (expression: string) => `
    import { writeFileSync } from 'node:fs';
    export default async (event) => writeFileSync(${JSON.stringify(join(folder, 'out.json'))}, JSON.stringify(${expression}));`;

  it('calls the default export with the event', async () => {
    expect(await run(saying('event'))).to.deep.equal({ outcome: 'taken' });
    expect(written()).to.deep.equal({ type: 'user.created', data: { userName: 'ines' } });
  });

  it('shows it none of our secrets', async () => {
    process.env['LATCHKEY_KEY'] = 'a sealing key';
    process.env['CRM_KEY'] = 'the key of the CRM';
    try {
      await run(saying('[process.env.LATCHKEY_KEY ?? null, process.env.CRM_KEY]'));
      expect(written()).to.deep.equal([null, 'the key of the CRM']);
    } finally {
      delete process.env['LATCHKEY_KEY'];
      delete process.env['CRM_KEY'];
    }
  });

  for (const [name, code, fault] of [
    ['throws', 'export default async () => { throw new Error("no\\nluck"); };', /^The module failed: Error: no luck$/],
    ['cannot be read', 'export default async (', /^The module failed: SyntaxError/],
    ['exports nothing', 'export const take = 1;', /no default export/],
    ['ends its thread', 'export default async () => process.exit(0);', /^The module ended before/],
  ] as const) {
    it(`says why when a module ${name}`, async () => {
      const answer = await run(code);
      expect(answer.outcome).to.equal('failed');
      expect('fault' in answer ? answer.fault : '').to.match(fault);
    });
  }

  it('ends a module that never answers, even one that never yields', async () => {
    expect(await run('export default () => { for (;;); };', 400)).to.deep.equal({
      outcome: 'failed',
      fault: 'The module took longer than 0.4 seconds.',
    });
  });
});
