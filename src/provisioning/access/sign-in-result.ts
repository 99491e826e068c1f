import type { IssuedTicket } from './change-ticket.ts';
import type { Person } from '../user/person.ts';
import type { SessionGrant } from './session-grant.ts';

/** How a sign-in ended. A one-time code is taken in the password's place. */
export type SignInResult =
  | {
      readonly outcome: 'ok';
      readonly person: Person;
      /** The one before this. */
      readonly lastSignInAt: string | undefined;
      /** For pages that keep the person signed in. */
      readonly session: SessionGrant;
    }
  /** The password is right but must be changed: `ticket` is the right to do so, short-lived. */
  | ({ readonly outcome: 'changeRequired'; readonly person: Person } & IssuedTicket)
  /** The secret was a live invitation's code: `ticket` is the right to set a password. */
  | ({ readonly outcome: 'codeAccepted'; readonly person: Person } & IssuedTicket)
  | { readonly outcome: 'locked'; readonly until: string | undefined }
  | { readonly outcome: 'notStarted'; readonly startsAt: string | undefined }
  | { readonly outcome: 'invalid' };

/** `noted`: it is the first one for a while. */
export type AcceptResult = (Extract<SignInResult, { outcome: 'ok' }> & { readonly noted: boolean }) | Refusal;

export type Refusal = Exclude<SignInResult, { outcome: 'ok' }>;
