import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { JsonObject } from '../base/json.ts';
import type { Encoding } from '../imports/file/detect-encoding.ts';
import type { DateOrder } from '../imports/file/read-cell.ts';
import { errorsFile, templateFile } from '../imports/batch/errors-file.ts';
import type { ImportOptions } from '../imports/batch/import-batch.ts';
import type { Approval } from '../imports/batch/approval.ts';
import type { Imports } from '../imports/run/imports.ts';
import { InvalidSyntaxError } from '../scim/model/scim-error.ts';
import { operation, type Operation } from './operation.ts';

/** What is said with a file: in the query of an upload, in the fields of a form, or beside the people in JSON. */
type ImportQuery = {
  readonly name?: string;
  readonly full?: boolean;
  readonly fullScope?: 'own' | 'all';
  readonly invite?: boolean;
  readonly webhooks?: boolean;
  readonly createGroups?: boolean;
  readonly canary?: number;
  readonly perSecond?: number;
  readonly pauseAtShare?: number;
  readonly dates?: DateOrder;
  readonly encoding?: Encoding;
  readonly delimiter?: string;
};

type ImportBody = ImportQuery & {
  readonly mapping?: Readonly<Record<string, string | null>>;
  /** The text of a file. */
  readonly content?: string;
  /** In place of a file: SCIM Users, or objects with the headings as their names. */
  readonly people?: readonly JsonObject[];
};

/** How long the answer waits for the file to be read and planned, in milliseconds. */
const planWaitMs = 5_000;
/** And for a run, so that a small one is told as done. */
const runWaitMs = 1_000;

/** What administrators see and do about files of people. */
export function importOperations(imports: Imports): Readonly<Record<string, Operation>> {
  const asked = (wish: 'pause' | 'resume' | 'cancel'): Operation =>
    operation(async ({ actor: { tenant }, id }) => {
      await imports.ask(tenant, id, wish);
      return { body: await imports.view(tenant, id) };
    });
  return {
    createImport: operation<ImportBody | undefined, ImportQuery & { mapping?: string }>(async (call) => {
      const { actor, query, body, file } = call;
      const { mapping, ...rest } = query;
      const said = { ...rest, ...(mapping === undefined ? {} : { mapping: mappingOf(mapping) }), ...body };
      const name = said.name ?? file?.name ?? 'people';
      const kept = await keepFile(file?.path, said);
      const deadline = performance.now() + planWaitMs;
      try {
        const sent = { name, path: kept.path };
        const { id, read } = await imports.begin(actor.tenant, actor.client, sent, optionsOf(said));
        const ended = read.finally(kept.remove);
        // What is wrong with a file that takes longer is told by the import itself.
        ended.catch(() => undefined);
        await Promise.race([ended, sleep(planWaitMs, undefined, { ref: false })]);
        return { status: 201, body: await imports.settled(actor.tenant, id, deadline - performance.now()) };
      } catch (cause) {
        await kept.remove();
        throw cause;
      }
    }),
    listImports: operation<unknown, { readonly count: number; readonly after?: string }>(
      async ({ actor: { tenant }, query: { count, after } }) => {
        const rows = await imports.list(tenant, count + 1, after);
        const page = rows.slice(0, count);
        return { body: { imports: page, next: rows.length > count ? page.at(-1)?.id : undefined } };
      },
    ),
    getImport: operation(async ({ actor: { tenant }, id }) => ({ body: await imports.view(tenant, id) })),
    runImport: operation<Approval>(async ({ actor, id, body }) => {
      await imports.run(actor.tenant, id, actor.client, body);
      return { status: 202, body: await imports.settled(actor.tenant, id, runWaitMs) };
    }),
    pauseImport: asked('pause'),
    resumeImport: asked('resume'),
    cancelImport: asked('cancel'),
    undoImport: operation(async ({ actor: { tenant }, id }) => {
      await imports.undo(tenant, id);
      return { status: 202, body: await imports.settled(tenant, id, runWaitMs) };
    }),
    getImportErrors: operation(async ({ actor: { tenant }, id }) => {
      const { batch, rows } = await imports.refusals(tenant, id);
      return { body: undefined, file: errorsFile(batch, rows) };
    }),
    getImportTemplate: operation(() => ({ body: undefined, file: templateFile() })),
  };
}

function optionsOf({ name, content, people, ...said }: ImportBody): Partial<ImportOptions> {
  void [name, content, people];
  return said;
}

/** In a query or a form a mapping is JSON text. */
function mappingOf(text: string): Readonly<Record<string, string | null>> {
  let mapping: unknown;
  try {
    mapping = JSON.parse(text);
  } catch {
    throw new InvalidSyntaxError('mapping: this is not valid JSON.');
  }
  const isMapping =
    typeof mapping === 'object'
    && mapping !== null
    && !Array.isArray(mapping)
    && Object.values(mapping).every((to) => to === null || typeof to === 'string');
  if (!isMapping)
    throw new InvalidSyntaxError(
      'mapping: it must be an object: each heading with ours, or with null to leave it out.',
    );
  return mapping as Readonly<Record<string, string | null>>;
}

/**
 * Keeps what was sent beyond the call, until it is read. Where the people came as JSON they are put in a file, as if
 * they had come as one.
 */
async function keepFile(
  path: string | undefined,
  { content, people }: ImportBody,
): Promise<{ readonly path: string; readonly remove: () => Promise<void> }> {
  if (path === undefined && (content === undefined) === (people === undefined))
    throw new InvalidSyntaxError('Send a file, or JSON with either "content" or "people".');
  const folder = await mkdtemp(join(tmpdir(), 'latchkey-import-'));
  const kept = join(folder, 'file');
  const remove = (): Promise<void> => rm(folder, { recursive: true, force: true });
  try {
    if (path === undefined)
      await writeFile(kept, content ?? people?.map((one) => JSON.stringify(one)).join('\n') ?? '', { mode: 0o600 });
    else await rename(path, kept);
    return { path: kept, remove };
  } catch (cause) {
    await remove();
    throw cause;
  }
}
