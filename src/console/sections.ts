import type { IconName } from './visit/icons.ts';

/** A place in the navigation. */
export interface Section {
  readonly id: IconName;
  /** Below the console's own path. */
  readonly path: string;
  readonly group: 'work' | 'connections' | 'setUp';
  /** Shown to those who may call this operation, and once there is a page at the path. */
  readonly operation: string;
}

/** The navigation, from top to bottom. A section is shown once its page is there. */
export const sections: readonly Section[] = [
  { id: 'home', path: '/', group: 'work', operation: 'getOverview' },
  { id: 'people', path: '/people', group: 'work', operation: 'listUsers' },
  { id: 'groups', path: '/groups', group: 'work', operation: 'listGroups' },
  { id: 'deliveries', path: '/deliveries', group: 'work', operation: 'listDeliveries' },
  { id: 'requests', path: '/requests', group: 'work', operation: 'listRequests' },
  { id: 'imports', path: '/imports', group: 'work', operation: 'listImports' },
  { id: 'clients', path: '/clients', group: 'connections', operation: 'listClients' },
  { id: 'webhooks', path: '/webhooks', group: 'connections', operation: 'listWebhooks' },
  { id: 'messages', path: '/messages', group: 'setUp', operation: 'listMessages' },
  { id: 'settings', path: '/settings', group: 'setUp', operation: 'getSettings' },
  { id: 'administrators', path: '/administrators', group: 'setUp', operation: 'listAdministrators' },
  { id: 'tenants', path: '/tenants', group: 'setUp', operation: 'listTenants' },
  { id: 'audit', path: '/audit', group: 'setUp', operation: 'listAuditEvents' },
];
