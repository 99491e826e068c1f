import { limitPosts } from '../../http/limit-posts.ts';
import { accountPages, pagesOfNowhere } from '../../pages/account-pages.ts';
import type { Keys, Reveals } from '../../pages/site/keys.ts';
import { tenantPages } from '../../pages/tenant-pages.ts';
import { tenantOfRequest } from '../../tenancy/request-tenant.ts';
import { rootTenant } from '../../tenancy/tenant.ts';
import type { Core } from '../core/core.ts';

/** The hosted pages of all tenants: each has its own links, words, cookies and keys. */
export function composePages(
  core: Core,
  { keys, reveals }: { readonly keys: Keys; readonly reveals: Reveals },
): ReturnType<typeof tenantPages> {
  const { config, tenants, settingsOf, bookOf, publicUrlOf, mailbox, clock, log } = core;
  const limit = limitPosts();
  const siteOf = (tenant: string) => ({
    keys,
    reveals,
    tenant,
    settingsOf,
    publicUrl: publicUrlOf(tenant),
    localesFor: (application?: string) => bookOf(tenant).wordingFor(application).locales,
    signingKeys: () => tenants.of(tenant).keys('pages'),
    clock,
    report: (error: unknown) => log.error({ err: error }, 'a page failed'),
    limit,
  });
  return tenantPages({
    tenantOf: async (request) => (await tenants.load(tenantOfRequest(request)))?.id,
    pagesOf: (tenant) =>
      accountPages({
        ...siteOf(tenant),
        isServed: () => tenants.find(tenant)?.status === 'active',
        ...(config.smtpUrl === undefined && config.devMailbox ? { mailbox } : {}),
      }),
    nowhere: pagesOfNowhere(siteOf(rootTenant)),
  });
}
