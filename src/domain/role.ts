/** What a person may do in the console and over the admin API; see `x-roles` in `schemas/openapi.json`. */
export const roles = ['owner', 'admin', 'helpdesk', 'auditor'] as const;

/** A person's role in a tenant. */
export type Role = (typeof roles)[number];

/** Whether a text names a role. */
export function isRole(text: unknown): text is Role {
  return roles.some((role) => role === text);
}
