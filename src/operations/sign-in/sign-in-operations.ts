import type { Access } from '../../provisioning/access/access.ts';
import { faultSentence } from '../../provisioning/passwords/password-policy.ts';
import type { Person } from '../../provisioning/user/person.ts';
import { operation, type Operation } from '../operation.ts';

type VerifyRequest = { readonly userName: string; readonly password: string; readonly address?: string };
type PasswordRequest = { readonly ticket: string; readonly password: string };

/**
 * Signing in for applications and identity providers: they ask, Latchkey judges, by the same rules as the hosted
 * page. Every outcome is a 200 with a `result`; an error is an error of the call.
 */
export function signInOperations(keys: Pick<Access, 'signIn' | 'setPassword'>): Readonly<Record<string, Operation>> {
  return {
    verifySignIn: operation<VerifyRequest>(async ({ actor, body }) => {
      const result = await keys.signIn(actor.tenant, body.userName, body.password, body.address);
      switch (result.outcome) {
        case 'ok':
          return { body: { result: 'ok', user: userOf(result.person), lastSignInAt: result.lastSignInAt } };
        case 'changeRequired':
        case 'codeAccepted':
          return {
            body: {
              result: result.outcome,
              user: userOf(result.person),
              ticket: result.ticket,
              expiresAt: result.expiresAt,
            },
          };
        case 'locked':
          return { body: { result: 'locked', until: result.until }, signIn: failed('signInLocked', body) };
        case 'notStarted':
          return {
            body: { result: 'notStarted', startsAt: result.startsAt },
            signIn: failed('signInNotStarted', body),
          };
        case 'invalid':
          return { body: { result: 'invalid' }, signIn: failed('signInInvalid', body) };
      }
    }),

    setPassword: operation<PasswordRequest>(async ({ actor, body }) => {
      const result = await keys.setPassword(actor.tenant, { ticket: body.ticket }, body.password);
      switch (result.outcome) {
        case 'done':
          return { body: { result: 'done', user: userOf(result.person) } };
        case 'refused':
          return {
            body: {
              result: 'refused',
              user: userOf(result.person),
              faults: result.faults.map((fault) => ({ ...fault, message: faultSentence(fault) })),
            },
          };
        case 'void':
          return { body: { result: 'void', reason: result.right.state } };
      }
    }),
  };
}

/** What the log is told; it keeps a keyed hash of the name alone. */
function failed(outcome: string, { userName }: VerifyRequest): { outcome: string; name: string } {
  return { outcome, name: userName };
}

function userOf({ userId, userName, displayName }: Person): {
  id: string;
  userName: string;
  displayName: string | undefined;
} {
  return { id: userId, userName, displayName };
}
