import type { Actor } from './actor.ts';
import type { AttributeChange } from './attribute-changes.ts';
import type { JsonObject } from '../base/json.ts';

/** What can happen to a resource. A leaf: every room may know it. */
export type EventType =
  | 'user.created'
  | 'user.updated'
  | 'user.deactivated'
  | 'user.reactivated'
  | 'user.deleted'
  /** An administrator has put a deleted user back under the same id. */
  | 'user.restored'
  | 'user.activated'
  | 'group.created'
  | 'group.updated'
  | 'group.deleted'
  | 'resource.created'
  | 'resource.updated'
  | 'resource.deleted'
  | 'password.changed'
  /** A user is to be invited to set a password: `data.method`. */
  | 'invitation.requested'
  /**
   * The first message of an invitation has gone out: `data.followUps` names what is to follow if the user does not
   * come.
   */
  | 'invitation.sent'
  /**
   * A password is to be mailed (given and sealed, or generated at send time); with `data.reveal` a link to the page
   * that shows it.
   */
  | 'passwordMail.requested'
  /** A holder of a password link who knows the user name asks for the code that shows the password. */
  | 'revealCode.requested'
  /** The page has shown the user their mailed password; or has not, as the proofs were wrong. */
  | 'password.revealed'
  | 'password.revealRefused'
  /** The user asked for a way back in: `data.method`. */
  | 'recovery.requested'
  /** The address must be proved. */
  | 'emailVerification.requested'
  /** An administrator gave an open invitation more time: `data.expiresAt`. */
  | 'invitation.extended'
  /** The e-mail address counts as the user's own: they, or an administrator, have said so. */
  | 'email.verified'
  /** An administrator put a dead or cancelled delivery back in the queue: `data.delivery`. */
  | 'delivery.requeued'
  /** The user has set a password and the tenant wants them told. */
  | 'activationNotice.requested'
  /** The user has changed their password and the tenant wants them told. */
  | 'passwordNotice.requested'
  /** Whatever is still to be sent to this user must not be. */
  | 'deliveries.cancelled'
  /** What became of a message to a user; `data` names the delivery, its channel and template. */
  | 'delivery.sent'
  | 'delivery.failed'
  | 'delivery.cancelled'
  | 'delivery.bounced'
  | 'delivery.complained'
  | 'signIn.succeeded'
  | 'signIn.failed'
  | 'account.locked'
  | 'account.unlocked'
  /** A write that tells nothing but the audit: counters, openings of links, notes in the timeline. */
  | 'record.updated'
  /** Settings, clients, credentials, administrators and the like; `resourceType` says which. */
  | 'configuration.created'
  | 'configuration.updated'
  | 'configuration.removed'
  /** A credential of a client ends in some days: `data.days`. */
  | 'credential.ending'
  /** A call that would have changed something and was turned away. */
  | 'request.refused'
  /** An operation of a batch that was answered before it was done has been carried out: `data.status`. */
  | 'request.completed'
  /** A caller has read the audit, or exported it as a file. */
  | 'audit.read'
  | 'audit.exported'
  /** Where the chain of the audit has got to, signed: `data.checkpoint` is the note. Goes to webhooks alone. */
  | 'audit.checkpoint'
  /** Events that were older than the tenant keeps them were forgotten: `data.first` to `data.last`. */
  | 'audit.cut'
  /**
   * Values of a person are about to be erased from entries of the audit: `data.places`, first and last of each stretch.
   */
  | 'audit.erased'
  /** The values of a person were erased, from the audit too. */
  | 'user.erased';

/** One thing that happened, written in the same atomic write as the change it tells of. Never holds a secret. */
export interface DomainEvent {
  readonly id: string;
  readonly tenant: string;
  readonly type: EventType;
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly resourceType: string;
  readonly resourceId: string;
  /** The resource's version after the change. */
  readonly version: number;
  readonly triggeredBy: 'scim' | 'admin_api' | 'import' | 'self' | 'system';
  /** The calling client, where there was one. */
  readonly client?: string;
  readonly requestId?: string;
  /** Who did it; absent in events of older versions. */
  readonly actor?: Actor;
  /** The address the call came from, where it came from another machine. */
  readonly address?: string;
  /** What made the call, and the language it wished for. */
  readonly agent?: string;
  readonly locale?: string;
  /** What people know the resource by. */
  readonly name?: string;
  /** What the write changed; only in the first event of a commit. */
  readonly changes?: readonly AttributeChange[];
  /** Absent: it was done. */
  readonly outcome?: 'refused' | 'held';
  /** Why it was refused or held. */
  readonly reason?: string;
  /** The dialect rules that made sense of the request. */
  readonly rules?: readonly string[];
  readonly data: JsonObject;
}
