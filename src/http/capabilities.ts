import type { Capabilities } from '../scim/endpoint/discovery.ts';
import type { Settings } from '../config/settings.ts';
import { maxBodyBytes } from './json/read-body.ts';

/** What `/ServiceProviderConfig` says, taken from the code and the settings that make it true. */
export function capabilitiesOf(settings: Settings): Capabilities {
  const { maxPageSize } = settings.scim;
  return {
    patch: true,
    bulk: { supported: true, maxOperations: 1000, maxPayloadSize: maxBodyBytes },
    filter: { supported: true, maxResults: maxPageSize },
    changePassword: true,
    sort: true,
    etag: true,
    pagination: {
      cursor: true,
      index: true,
      defaultPaginationMethod: 'index',
      defaultPageSize: Math.min(100, maxPageSize),
      maxPageSize,
      cursorTimeout: 3600,
    },
    authenticationSchemes: [
      {
        type: 'oauthbearertoken',
        name: 'Bearer token',
        description: 'Authorization: Bearer <token>',
        specUri: 'https://www.rfc-editor.org/rfc/rfc6750',
        primary: true,
      },
      {
        type: 'httpbasic',
        name: 'HTTP Basic',
        description: 'Any user name; the token as the password',
        specUri: 'https://www.rfc-editor.org/rfc/rfc7617',
      },
    ],
  };
}
