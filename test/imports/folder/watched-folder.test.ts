import {
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import type { FolderOrder } from '../../../src/imports/folder/load-folders.ts';
import { WatchedFolder } from '../../../src/imports/folder/watched-folder.ts';
import { ImportBench } from '../../support/import-bench.ts';
import { MemoryLeases } from '../../support/memory-notes.ts';
import { tenant } from '../../support/provisioning-bench.ts';

const people = 'userName,givenName\nana@harbour.example,Ana\nbo@harbour.example,Bo\n';

describe('a watched folder', () => {
  let bench = new ImportBench();
  let path = '';
  let said: string[] = [];
  let elapsed = 0;
  const leases = new MemoryLeases();
  const folders: WatchedFolder[] = [];

  beforeEach(() => {
    bench = new ImportBench();
    path = mkdtempSync(join(tmpdir(), 'latchkey-drop-'));
    said = [];
    elapsed = 0;
    mkdirSync(join(path, 'in'));
  });
  afterEach(async () => {
    for (const folder of folders.splice(0)) await folder.release();
    await bench.stop();
    rmSync(path, { recursive: true });
  });

  function watch(order: Partial<FolderOrder> = {}, client?: { paused?: boolean; attributes?: readonly string[] }) {
    const log = {
      info: (_: object, message: string) => void said.push(message),
      warn: (_: object, message: string) => void said.push(message),
    };
    const folder = new WatchedFolder(
      { name: 'hr', path, tenant, approve: 'auto', settleSeconds: 10, invite: false, ...order },
      {
        imports: bench.imports,
        leases,
        owner: `process ${folders.length}`,
        log,
        elapsed: () => elapsed,
        clientOf: async (_, id) => client && { id, name: 'workday', paused: false, ...client },
      },
    );
    folders.push(folder);
    return folder;
  }
  const drop = (name: string, content: string | Buffer = people) => writeFileSync(join(path, 'in', name), content);
  const listed = (place: string) =>
    readdirSync(join(path, place))
      .map((name) => name.replace(/^[^-]*--/, ''))
      .sort();
  const read = (place: string, name: string) => {
    const found = readdirSync(join(path, place)).find((one) => one.endsWith(`--${name}`));
    return found === undefined ? undefined : readFileSync(join(path, place, found), 'utf8');
  };
  /** Looks as often as a while would have it, until nothing is under way. */
  async function settle(folder: WatchedFolder): Promise<void> {
    for (let turn = 0; turn < 12; turn += 1) {
      await folder.look();
      elapsed += 11_000;
      for (const { id } of await bench.imports.list(tenant, 50)) await bench.imports.settled(tenant, id, 5_000);
    }
  }

  it('imports a file once it is whole, and moves it to done', async () => {
    const folder = watch();
    drop('people.csv', people.slice(0, 40));
    await folder.look();
    elapsed += 9_000;
    await folder.look();
    expect(listed('in')).to.deep.equal(['people.csv']);
    drop('people.csv');
    elapsed += 9_000;
    await folder.look();
    elapsed += 9_000;
    await folder.look();
    expect(listed('in'), 'it has grown, so it is waited for anew').to.deep.equal(['people.csv']);
    await settle(folder);
    expect([listed('in'), listed('work'), listed('failed')]).to.deep.equal([[], [], []]);
    expect(listed('done')).to.deep.equal(['people.csv']);
    expect(Object.keys(await bench.people())).to.deep.equal(['ana@harbour.example', 'bo@harbour.example']);
    expect(await bench.imports.list(tenant, 50)).to.have.length(1);
  });

  it('leaves what is being uploaded, and imports it when it is renamed', async () => {
    const folder = watch();
    for (const name of ['.people.csv', 'people.csv.part', 'people.csv.filepart', 'people.csv~']) drop(name);
    await settle(folder);
    expect(listed('in')).to.have.length(4);
    expect(await bench.imports.list(tenant, 50)).to.deep.equal([]);
  });

  it('is looked at by one process at a time, and another goes on with the file in hand', async () => {
    const [one, other] = [watch(), watch()];
    drop('people.csv');
    await one.look();
    elapsed += 11_000;
    await other.look();
    await one.look();
    expect(listed('work')).to.deep.equal(['people.csv']);
    await settle(other);
    expect(listed('work'), 'the other has no lease').to.deep.equal(['people.csv']);
    await one.release();
    await settle(other);
    expect(listed('done')).to.deep.equal(['people.csv']);
    expect(await bench.imports.list(tenant, 50)).to.have.length(1);
  });

  it('goes on with a file that was claimed and not yet read when the process died', async () => {
    const folder = watch();
    mkdirSync(join(path, 'work'), { mode: 0o700 });
    writeFileSync(join(path, 'work', `${bench.imports.newId()}--people.csv`), people);
    await settle(folder);
    expect(listed('done')).to.deep.equal(['people.csv']);
    expect(Object.keys(await bench.people())).to.have.length(2);
  });

  it('moves a file that cannot be read to failed, with the reason, and goes on with the next', async () => {
    const folder = watch();
    drop('a.csv', 'userName,Nonsense\nana@harbour.example,x\n');
    await folder.look();
    elapsed += 1;
    drop('b.csv');
    await settle(folder);
    expect(listed('failed')).to.deep.equal(['a.csv', 'a.csv.reason.txt']);
    expect(read('failed', 'a.csv.reason.txt')).to.match(/"Nonsense" is not known/);
    expect(listed('done')).to.deep.equal(['b.csv']);
  });

  it('puts an errors file beside what is done, and every row refused is a failure', async () => {
    const folder = watch({ pauseAtShare: 0.5 });
    drop('a.csv', `userName,email\n${'x@harbour.example,x@harbour.example\n'}y@harbour.example,nobody\n`);
    await settle(folder);
    expect(listed('done')).to.deep.equal(['a.csv', 'a.csv.errors.csv']);
    expect(read('done', 'a.csv.errors.csv')).to.match(/^\ufeff#line,#reason,userName,email\r\n3,email: /);
    drop('b.csv', 'userName,email\nz@harbour.example,nobody\n');
    await settle(folder);
    expect(listed('failed')).to.deep.equal(['b.csv', 'b.csv.errors.csv', 'b.csv.reason.txt']);
  });

  it('lets a plan beyond its limits, or of a folder that asks, wait for somebody', async () => {
    const folder = watch({ pauseAtShare: 0.2 });
    drop('a.csv', 'userName,email\nx@harbour.example,x@harbour.example\ny@harbour.example,nobody\n');
    drop('b.csv');
    await settle(folder);
    expect(listed('work')).to.deep.equal(['a.csv']);
    expect(said.join('\n')).to.match(/"a.csv" waits for approval: 1 of 2 rows are refused/);
    const [{ id } = { id: '' }] = await bench.imports.list(tenant, 1);
    const { plan } = await bench.imports.view(tenant, id);
    await bench.imports.run(tenant, id, 'hr', { plan: plan?.hash ?? '', invite: false });
    await settle(folder);
    expect(listed('done'), 'the next one follows').to.deep.equal(['a.csv', 'a.csv.errors.csv', 'b.csv']);
  });

  it('asks before many people are deactivated by a full file', async () => {
    const folder = watch({ full: true });
    const rows = (count: number) => Array.from({ length: count }, (_, n) => `p${n}@harbour.example\n`).join('');
    drop('a.csv', `userName\n${rows(20)}`);
    await settle(folder);
    drop('b.csv', `userName\n${rows(10)}`);
    await settle(folder);
    expect(listed('work')).to.deep.equal(['b.csv']);
    expect(said.join('\n')).to.match(/10 of 20 active people would be deactivated/);
  });

  it('pauses after its canary, and is done once somebody has resumed it', async () => {
    const folder = watch({ canary: 1 });
    drop('a.csv');
    await settle(folder);
    expect(Object.keys(await bench.people())).to.have.length(1);
    const [{ id } = { id: '' }] = await bench.imports.list(tenant, 1);
    await bench.imports.ask(tenant, id, 'resume');
    await settle(folder);
    expect(listed('done')).to.deep.equal(['a.csv']);
    expect(Object.keys(await bench.people())).to.have.length(2);
  });

  it('pauses when messages to many new people come back, and not for the same ones again', async () => {
    const folder = watch({ invite: true });
    const row = (n: number) => `p${n}@harbour.example,${n < 200 ? '' : `p${n}@harbour.example`}`;
    drop('a.csv', `userName,email\n${Array.from({ length: 600 }, (_, n) => row(n)).join('\n')}\n`);
    await settle(folder);
    const [paused] = await bench.imports.list(tenant, 1);
    expect(paused).to.include({ state: 'paused' });
    expect(paused?.reason).to.match(/^Messages to 200 of 200 new people came back, or could not be sent/);
    expect(said.join()).to.include('"a.csv" is paused: Messages to 200 of 200');
    expect([listed('done'), Object.keys(await bench.people()).length]).to.deep.equal([[], 200]);
    await bench.imports.ask(tenant, paused?.id ?? '', 'resume');
    await settle(folder);
    expect(listed('done')).to.deep.equal(['a.csv']);
    expect(Object.keys(await bench.people())).to.have.length(600);
  });

  it('imports no links, folders or hostile names, and says so once', async () => {
    const outside = join(path, 'secret.csv');
    writeFileSync(outside, people);
    symlinkSync(outside, join(path, 'in', 'link.csv'));
    linkSync(outside, join(path, 'in', 'hard.csv'));
    mkdirSync(join(path, 'in', 'folder.csv'));
    drop('new\nline.csv');
    drop('right\u202eleft.csv');
    writeFileSync(
      Buffer.concat([Buffer.from(join(path, 'in', 'x')), Buffer.from([0xff]), Buffer.from('.csv')]),
      people,
    );
    const folder = watch();
    await settle(folder);
    expect(await bench.imports.list(tenant, 50)).to.deep.equal([]);
    expect(said.sort()).to.deep.equal([
      '"folder.csv" is not imported: it is a folder',
      '"hard.csv" is not imported: it has a second name (a hard link) elsewhere',
      '"link.csv" is not imported: it is a link',
      '"new?line.csv" is not imported: its name holds a control character or an invisible one',
      '"right?left.csv" is not imported: its name holds a control character or an invisible one',
      '"x\ufffd.csv" is not imported: its name is not valid UTF-8',
    ]);
  });

  it('refuses to work where its own folders are links, or others may write to them', async () => {
    const elsewhere = mkdtempSync(join(tmpdir(), 'latchkey-elsewhere-'));
    symlinkSync(elsewhere, join(path, 'work'));
    drop('people.csv');
    const refused = await watch()
      .look()
      .then(
        () => 'it looked',
        (cause: Error) => cause.message,
      );
    expect(refused).to.match(/work must be a folder, and is a link/);
    rmSync(elsewhere, { recursive: true });
  });

  it('keeps to what its client may write, and waits while the client is paused or gone', async () => {
    await settle(watch({ client: 'c1' }));
    expect(said.join()).to.match(/there is no client "c1"/);
    await folders.at(-1)?.release();
    drop('people.csv');
    await settle(watch({ client: 'c1' }, { paused: true }));
    expect(said.join()).to.match(/is paused/);
    expect(listed('in')).to.deep.equal(['people.csv']);
    await folders.at(-1)?.release();
    await settle(watch({ client: 'c1', pauseAtShare: 1 }, { attributes: ['title'] }));
    expect(read('failed', 'people.csv.errors.csv')).to.match(/workday/);
    expect(await bench.people()).to.deep.equal({});
    await folders.at(-1)?.release();
    drop('again.csv');
    await settle(watch({ client: 'c1' }, {}));
    expect(bench.provisioning.store.events.map(({ client }) => client)).to.include('workday');
  });
});
