import type { Administrator } from '../../administrators/administrator.ts';
import { hasSecondFactor, needsSecondFactor } from '../../administrators/administrator.ts';
import type {
  ActingAdministrator,
  AdministratorActions,
  NewAdministrator,
} from '../../administrators/administrator-actions.ts';
import type { ConsoleSession } from '../../administrators/console-sessions.ts';
import type { SecurityEvent, SecurityLog } from '../../administrators/security-log.ts';
import type { AdminActor } from '../../provisioning/admin/admin-records.ts';
import type { Role } from '../../domain/role.ts';
import { operation, type Operation } from '../operation.ts';

/** A console account as owners and auditors see it: without anything it signs in with. */
export interface AdministratorView {
  readonly id: string;
  readonly name: string;
  readonly email: string;
  readonly role: Role;
  readonly operator: boolean;
  /** `invited` until the account was taken up. */
  readonly state: 'invited' | 'active';
  /** `none` where the role demands one: it is set up at the next sign-in. */
  readonly secondFactor: 'app' | 'passkey' | 'both' | 'none' | 'notNeeded';
  readonly createdAt: string;
  readonly invitedBy?: string;
  readonly lastSignInAt?: string;
}

/** A session in a list. */
export interface SessionView {
  readonly id: string;
  readonly startedAt: string;
  readonly seenAt: string;
  readonly address: string;
  readonly browser: string;
  readonly methods: readonly string[];
}

/** The answer of `listAdministrators`. */
export interface AdministratorsView {
  readonly administrators: readonly AdministratorView[];
}

/** The answer of `listAdministratorSessions`. */
export interface SessionsView {
  readonly sessions: readonly SessionView[];
}

/** The answer of `listSecurityEvents`. */
export interface SecurityEventsView {
  readonly events: readonly SecurityEvent[];
  readonly next: string | undefined;
}

/** What is done about console accounts: list, invite, change the role, remove, end sessions. */
export function administratorOperations(
  actions: AdministratorActions,
  securityLog: SecurityLog,
): Readonly<Record<string, Operation>> {
  return {
    listAdministrators: operation(async ({ actor }) => ({
      body: { administrators: (await actions.list(actor.tenant)).map(viewAdministrator) } satisfies AdministratorsView,
    })),
    getAdministrator: operation(async ({ actor, id }) => ({
      body: viewAdministrator(await actions.find(actor.tenant, id)),
    })),
    inviteAdministrator: operation<NewAdministrator>(async ({ actor, body }) => ({
      status: 201,
      body: viewAdministrator(await actions.invite(acting(actor), body)),
    })),
    inviteAdministratorAgain: operation(async ({ actor, id }) => ({
      body: viewAdministrator(await actions.inviteAgain(acting(actor), id)),
    })),
    changeAdministrator: operation<{ readonly role: Role }>(async ({ actor, id, body }) => ({
      body: viewAdministrator(await actions.changeRole(acting(actor), id, body.role)),
    })),
    removeAdministrator: operation(async ({ actor, id }) => {
      await actions.remove(acting(actor), id);
      return { body: { id } };
    }),
    resetAdministratorSecondFactor: operation(async ({ actor, id }) => ({
      body: viewAdministrator(await actions.resetSecondFactor(acting(actor), id)),
    })),
    listAdministratorSessions: operation(async ({ actor, id }) => ({
      body: { sessions: (await actions.sessionsOf(actor.tenant, id)).map(viewSession) } satisfies SessionsView,
    })),
    endAdministratorSessions: operation<{ readonly session?: string } | undefined>(async ({ actor, id, body }) => {
      const session = body?.session;
      await actions.endSessions(acting(actor), id, session === undefined ? undefined : `${id}/${session}`);
      return { body: { id } };
    }),
    listSecurityEvents: operation<unknown, { readonly count: number; readonly after?: string }>(
      async ({ actor, query: { count, after } }) => ({ body: await securityLog.list(actor.tenant, count, after) }),
    ),
  };
}

/**
 * A client of the admin API acts as an admin: owners are made by owners. One of the operator, such as the command line
 * beside the data, may do what owners may: it is the way back for owners who have lost theirs.
 */
function acting({ tenant, client, role, rights }: AdminActor): ActingAdministrator {
  const isOperator = rights?.scopes.includes('operator') === true;
  return { tenant, name: client, isOwner: role === 'owner' || isOperator, isOperator };
}

function viewAdministrator(administrator: Administrator): AdministratorView {
  const { id, name, email, role, operator, createdAt, invitedBy, lastSignInAt, passwordHash, oidc } = administrator;
  return {
    id,
    name,
    email,
    role,
    operator,
    state: passwordHash === undefined && oidc === undefined ? 'invited' : 'active',
    secondFactor: secondFactorOf(administrator),
    createdAt,
    ...(invitedBy === undefined ? {} : { invitedBy }),
    ...(lastSignInAt === undefined ? {} : { lastSignInAt }),
  };
}

function secondFactorOf(administrator: Administrator): AdministratorView['secondFactor'] {
  const { totp, passkeys, passwordHash, oidc } = administrator;
  // Who comes from the company's provider alone is asked for a second factor there.
  const isProvided = oidc !== undefined && passwordHash === undefined;
  if (!hasSecondFactor(administrator)) return needsSecondFactor(administrator) && !isProvided ? 'none' : 'notNeeded';
  if (totp === undefined) return 'passkey';
  return passkeys.length > 0 ? 'both' : 'app';
}

function viewSession({ id, startedAt, seenAt, address, browser, methods }: ConsoleSession): SessionView {
  return { id: id.slice(id.lastIndexOf('/') + 1), startedAt, seenAt, address, browser, methods };
}
