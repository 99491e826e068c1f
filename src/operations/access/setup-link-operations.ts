import type { SetupLinks } from '../../clients/setup-links.ts';
import { grantorOf } from './client-operations.ts';
import { operation, type Operation } from '../operation.ts';

/** Links that let somebody without an account connect one client. */
export function setupLinkOperations(
  links: SetupLinks,
  publicUrlOf: (tenant: string) => string,
): Readonly<Record<string, Operation>> {
  return {
    listSetupLinks: operation(async ({ actor, id }) => ({ body: { links: await links.list(grantorOf(actor), id) } })),
    createSetupLink: operation<{ readonly days?: number }>(async ({ actor, id, body }) => {
      const { link, token } = await links.make(grantorOf(actor), id, body.days);
      return { status: 201, body: { ...link, url: `${publicUrlOf(actor.tenant)}/console/setup?token=${token}` } };
    }),
    revokeSetupLink: operation(async ({ actor, id, params }) => {
      await links.revoke(grantorOf(actor), id, params['link'] ?? '');
      return { body: undefined };
    }),
  };
}
