import { faultOfOutwardUrl } from '../network/outward-url.ts';
import type { SettingsCheck } from './parse-settings.ts';

/**
 * Makes the check of a tenant's own SMS gateway, which is called through the address guard; that of the operator is
 * where the operator says.
 * @param trustedHosts see `guardConnection`
 */
export function checkOwnGateway(trustedHosts: ReadonlySet<string>): SettingsCheck {
  return ({ sms: { gatewayUrl, secret } }) => {
    if (secret === null) return undefined;
    if (gatewayUrl === null) return { path: ['sms', 'secret'], fault: 'needs sms.gatewayUrl, the gateway it is for' };
    const fault = faultOfOutwardUrl(gatewayUrl, trustedHosts);
    return fault === undefined ? undefined : { path: ['sms', 'gatewayUrl'], fault };
  };
}
