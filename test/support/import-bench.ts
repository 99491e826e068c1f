import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ImportOptions } from '../../src/imports/batch/import-batch.ts';
import { BatchNotes } from '../../src/imports/batch/batch-notes.ts';
import type { ImportView } from '../../src/imports/batch/import-view.ts';
import type { Approval } from '../../src/imports/batch/approval.ts';
import { Imports } from '../../src/imports/run/imports.ts';
import { JobRunner } from '../../src/jobs/job-runner.ts';
import { NoteJobs } from '../../src/jobs/note-jobs.ts';
import { idle } from './bench-jobs.ts';
import type { JsonObject } from '../../src/base/json.ts';
import type { RequestLogEntry } from '../../src/domain/request-log.ts';
import { ProvisioningBench, tenant } from './provisioning-bench.ts';
import { MemoryLeases, MemoryNotes } from './memory-notes.ts';
import { groupType, userType } from './resource-types.ts';

/** Imports over real provisioning and a store in memory, with a runner of their own. */
export class ImportBench {
  readonly provisioning: ProvisioningBench;
  readonly notes: MemoryNotes;
  readonly imports: Imports;
  readonly runner: JobRunner;
  readonly requests: RequestLogEntry[] = [];
  readonly errors: unknown[] = [];

  constructor(provisioning = new ProvisioningBench()) {
    this.provisioning = provisioning;
    const clock = { now: () => new Date(provisioning.now), newId: () => `import-${String(Math.random()).slice(2)}` };
    this.notes = new MemoryNotes(() => clock.now());
    const jobs = new NoteJobs({ notes: this.notes, leases: new MemoryLeases(), clock, owner: 'bench' });
    this.imports = new Imports({
      handler: provisioning.service,
      userType,
      groupType,
      timezoneOf: () => provisioning.settings.timezone,
      batches: new BatchNotes(this.notes, () => clock.now()),
      requests: { append: async (entries) => void this.requests.push(...entries) },
      jobs,
      clock,
      wake: () => this.runner.wake(),
    });
    const log = {
      warn: (error: unknown) => void this.errors.push(error),
      error: (error: unknown) => void this.errors.push(error),
    };
    this.runner = new JobRunner({ jobs, handlers: this.imports.handlers(), scheduler: idle, log });
    this.runner.start();
  }

  /** Plans a file. @param content text, or bytes */
  async plan(content: string | Buffer, options: Partial<ImportOptions> = {}, name = 'people.csv'): Promise<ImportView> {
    const folder = await mkdtemp(join(tmpdir(), 'latchkey-import-test-'));
    try {
      await writeFile(join(folder, name), content);
      const id = await this.imports.create(tenant, 'hr', { name, path: join(folder, name) }, options);
      return await this.imports.settled(tenant, id, 20_000);
    } finally {
      await rm(folder, { recursive: true });
    }
  }

  /** Approves a plan and waits until the run has come to rest. */
  async run({ id, plan }: ImportView, more: Partial<Approval> = {}): Promise<ImportView> {
    await this.imports.run(tenant, id, 'hr', { plan: plan?.hash ?? '', invite: false, ...more });
    return this.imports.settled(tenant, id, 20_000);
  }

  /** Plans and runs a file. */
  async do(content: string, options: Partial<ImportOptions> = {}): Promise<ImportView> {
    return this.run(await this.plan(content, { invite: false, ...options }));
  }

  async undo({ id }: Pick<ImportView, 'id'>): Promise<ImportView> {
    await this.imports.undo(tenant, id);
    return this.imports.settled(tenant, id, 20_000);
  }

  async errorsOf({ id }: Pick<ImportView, 'id'>): Promise<readonly { line: number; reason: string }[]> {
    const { rows } = await this.imports.refusals(tenant, id);
    const found: { line: number; reason: string }[] = [];
    for await (const { line, reason } of rows) found.push({ line, reason });
    return found;
  }

  /** Everybody who is here, by userName: without what the server adds by itself. */
  async people(): Promise<Readonly<Record<string, JsonObject>>> {
    const { records } = await this.provisioning.store.query({
      tenant,
      type: 'User',
      condition: undefined,
      sort: undefined,
      limit: 10_000,
      page: { offset: 0 },
    });
    return Object.fromEntries(
      records.map(({ id, resource }) => [
        typeof resource['userName'] === 'string' ? resource['userName'] : id,
        { id, ...resource },
      ]),
    );
  }

  stop(): Promise<void> {
    return this.runner.stop();
  }
}
