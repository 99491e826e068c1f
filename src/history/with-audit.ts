import type { ResourceHandler } from '../scim/port/resource-handler.ts';
import { type AuditReader, refuseChange } from './audit-reader.ts';
import { auditEventType } from './event-log.ts';

/** A handler that reads audit events from the audit, and does everything else as another handler does. */
export function withAudit(handler: ResourceHandler, audit: AuditReader): ResourceHandler {
  const unlessAudit = (type: { readonly name: string }): ResourceHandler =>
    type.name === auditEventType ? refuseChange() : handler;
  return {
    create: async (context, type, ...rest) => unlessAudit(type).create(context, type, ...rest),
    read: (context, type, id, wants) =>
      type.name === auditEventType ? audit.read(context, id) : handler.read(context, type, id, wants),
    list: (context, type, query) =>
      type.name === auditEventType ? audit.list(context, query) : handler.list(context, type, query),
    replace: async (context, type, ...rest) => unlessAudit(type).replace(context, type, ...rest),
    patch: async (context, type, ...rest) => unlessAudit(type).patch(context, type, ...rest),
    remove: async (context, type, ...rest) => unlessAudit(type).remove(context, type, ...rest),
    atomically: (work) => handler.atomically(work),
    stage: (work, onto) => handler.stage(work, onto),
    recall: (context, attempt) => handler.recall(context, attempt),
    remember: (context, attempt, answer) => handler.remember(context, attempt, answer),
  };
}
