import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { readSecretPlace, SecretPlaceError } from '../../src/base/secret-place.ts';

describe('readSecretPlace', () => {
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-place-'));
  const path = (name: string): string => join(folder, name);
  after(() => rmSync(folder, { recursive: true, force: true }));

  it('reads a variable, and a file whole', () => {
    expect(readSecretPlace('env:CRM', { CRM: 'a:b' })).to.equal('a:b');
    const text = `${'é'.repeat(30_000)}\n`;
    writeFileSync(path('secret'), text);
    expect(readSecretPlace(`file:${path('secret')}`, {})).to.equal(text);
    writeFileSync(path('empty'), '');
    expect(readSecretPlace(`file:${path('empty')}`, {})).to.equal('');
  });

  it('refuses at once what is not a small file, and what is not there', () => {
    spawnSync('mkfifo', [path('pipe')]);
    writeFileSync(path('large'), Buffer.alloc(65_537, 'x'));
    for (const [reference, said] of [
      [`file:${path('pipe')}`, /not a file/],
      ['file:/dev/zero', /not a file/],
      [`file:${folder}`, /not a file/],
      [`file:${path('large')}`, /more than 64 KiB/],
      [`file:${path('nowhere')}`, /cannot be read/],
      ['env:NOPE', /not set/],
      ['env:EMPTY', /not set/],
    ] as const)
      expect(() => readSecretPlace(reference, { EMPTY: '' }), reference).to.throw(SecretPlaceError, said);
  });
});
