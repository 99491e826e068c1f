import type { PersonView } from './person-view.ts';

/** Something that can be done to a person, each with a page that first tells what will happen. */
export interface PersonAction {
  /** In the address: `/people/{id}/{this}`. */
  readonly id: string;
  readonly operation: string;
  /** Whether it may make sense for them; the operation itself decides. */
  readonly fits: (person: PersonView) => boolean;
  readonly danger?: boolean;
  /** False where it is reached from elsewhere. */
  readonly isPage?: boolean;
}

const isOpen = ({ invitation }: PersonView): boolean => invitation !== undefined;
/** Whether something was sent to them, or waits to be: only then can it be sent again or called off. */
const wasAsked = ({ status }: PersonView): boolean => status !== 'none';
const isIn = ({ status, lastSignInAt }: PersonView): boolean => status === 'active' || lastSignInAt !== undefined;

/** In the order of their buttons: the first that fits is the filled one. */
export const personActions: readonly PersonAction[] = [
  { id: 'reactivate', operation: 'reactivateUser', fits: ({ user }) => !user.active },
  { id: 'unlock', operation: 'unlock', fits: ({ lockedReason }) => lockedReason === 'failedAttempts' },
  {
    id: 'resend',
    operation: 'resend',
    fits: (person) => person.user.active && person.pending !== undefined && wasAsked(person),
  },
  {
    id: 'invite',
    operation: 'inviteUser',
    fits: (person) => person.user.active && !isIn(person) && (person.pending !== 'invitation' || !wasAsked(person)),
  },
  { id: 'extend', operation: 'extend', fits: (person) => person.user.active && isOpen(person) },
  { id: 'address', operation: 'correctAddress', fits: ({ user }) => user.active },
  { id: 'password', operation: 'resetPassword', fits: ({ user }) => user.active },
  { id: 'verify-email', operation: 'verifyEmail', fits: ({ lockedReason }) => lockedReason === 'emailNotVerified' },
  { id: 'cancel', operation: 'cancel', fits: (person) => person.pending !== undefined && wasAsked(person) },
  { id: 'deactivate', operation: 'deactivateUser', fits: ({ user }) => user.active, danger: true },
  { id: 'delete', operation: 'deleteUser', fits: ({ user }) => !user.active, danger: true },
  { id: 'restore', operation: 'restoreUser', fits: () => false, isPage: false },
];
