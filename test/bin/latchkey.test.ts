import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect } from 'chai';
import { packageRoot } from '../../src/base/package-root.ts';

/** Where no folder above holds libraries, which Node would find. */
const apart = ['/var/tmp', '/dev/shm'].find((folder) => existsSync(folder) && !hasLibraries(folder));

function hasLibraries(folder: string): boolean {
  return existsSync(join(folder, 'node_modules')) || (dirname(folder) !== folder && hasLibraries(dirname(folder)));
}

describe('the program of a checkout without its libraries', () => {
  const start = (prepare: (folder: string) => void) => {
    const folder = mkdtempSync(join(apart ?? '', 'latchkey-bare-'));
    try {
      cpSync(join(packageRoot, 'bin'), join(folder, 'bin'), { recursive: true });
      writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
      mkdirSync(join(folder, 'src'));
      writeFileSync(join(folder, 'src', 'main.ts'), '');
      prepare(folder);
      return spawnSync(process.execPath, [join(folder, 'bin', 'latchkey.js'), '--version'], { encoding: 'utf8' });
    } finally {
      rmSync(folder, { recursive: true });
    }
  };

  it('says which command brings them', function () {
    if (apart === undefined) return this.skip();
    const { status, stderr } = start(() => undefined);
    expect(stderr).to.equal('The libraries of Latchkey are not installed yet: npm ci\n');
    expect(status).to.equal(1);
  });

  it('says how sources that are newer are compiled, once the compiler was taken away', function () {
    if (apart === undefined) return this.skip();
    const { status, stderr } = start((folder) => {
      mkdirSync(join(folder, 'dist'));
      writeFileSync(join(folder, 'dist', 'main.js'), '');
      utimesSync(join(folder, 'dist', 'main.js'), 0, 0);
    });
    expect(stderr).to.match(/^The sources are newer than dist\/, .*: npm ci && npm run build\n$/);
    expect(status).to.equal(1);
  });
});
