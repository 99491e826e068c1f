import type { JsonObject } from '../base/json.ts';
import type { Client } from '../domain/client.ts';
import type { Notes } from '../domain/notes.ts';
import { operation, type Operation } from './operation.ts';

/** What a new tenant needs before its first person, in the order in which it is done. */
export const firstStepNames = ['name', 'sender', 'testMail', 'source', 'person'] as const;
export type FirstStepName = (typeof firstStepNames)[number];

/** How far a new tenant is. */
export interface FirstStepsView {
  readonly steps: readonly { readonly id: FirstStepName; readonly done: boolean }[];
  /** True once all are done, or somebody has said that they need no more. */
  readonly over: boolean;
}

/** What the operations read. */
export interface FirstStepsParts {
  readonly notes: Notes;
  /** The settings that the tenant, or the operator's file, has set. */
  readonly setOf: (tenant: string) => JsonObject;
  /** Whether mails go out, from an address that others take mail from. */
  readonly hasSender: (tenant: string) => boolean;
  readonly clientsOf: (tenant: string) => Promise<readonly Client[]>;
  readonly hasPeople: (tenant: string) => Promise<boolean>;
}

const kind = 'firstSteps';
const key = 'tenant';
/** Clients that the start of a tenant makes by itself. */
const ownClients = ['environment', 'first'];

/** The first steps of a tenant: what is done is seen from what is there. */
export function firstStepsOperations(parts: FirstStepsParts): Readonly<Record<string, Operation>> {
  const { notes } = parts;
  const view = async (tenant: string): Promise<FirstStepsView> => {
    const kept = (await notes.find(tenant, kind, key))?.value ?? {};
    const isOver = kept['over'] === true;
    const [clients, person] = isOver
      ? [[], true]
      : await Promise.all([parts.clientsOf(tenant), parts.hasPeople(tenant)]);
    const done: Readonly<Record<FirstStepName, boolean>> = {
      name: isOver || parts.setOf(tenant)['productName'] !== undefined,
      sender: isOver || parts.hasSender(tenant),
      testMail: isOver || kept['tested'] === true,
      source: isOver || clients.some(({ id, name }) => !ownClients.includes(id) && !ownClients.includes(name)),
      person,
    };
    const steps = firstStepNames.map((id) => ({ id, done: done[id] }));
    return { steps, over: steps.every((step) => step.done) };
  };
  return {
    getFirstSteps: operation(async ({ actor: { tenant } }) => ({ body: await view(tenant) })),
    endFirstSteps: operation(async ({ actor: { tenant } }) => {
      await noteFirstStep(notes, tenant, { over: true });
      return { body: await view(tenant) };
    }),
  };
}

/** Notes that a test mail was taken, or that the steps are over. */
export async function noteFirstStep(
  notes: Notes,
  tenant: string,
  told: { readonly tested?: true; readonly over?: true },
): Promise<void> {
  for (;;) {
    const note = await notes.find(tenant, kind, key);
    if (note !== undefined && Object.keys(told).every((name) => note.value[name] === true)) return;
    const value = { ...note?.value, ...told };
    if ((await notes.put({ tenant, kind, key, value }, note?.version ?? 0)).outcome === 'done') return;
  }
}
