import { expect } from 'chai';
import { routeToTenant, tenantOfRequest } from '../../src/tenancy/request-tenant.ts';

describe('the tenant of a request', () => {
  for (const [url, tenant, rest] of [
    ['/scim/v2/Users', 'default', '/scim/v2/Users'],
    ['/', 'default', '/'],
    ['/t', 'default', '/t'],
    ['/tea/time', 'default', '/tea/time'],
    ['/t/acme', 'acme', '/'],
    ['/t/acme/', 'acme', '/'],
    ['/t/acme?lang=de', 'acme', '/?lang=de'],
    ['/t/acme/scim/v2/Users?filter=a', 'acme', '/scim/v2/Users?filter=a'],
    ['/t/default/sign-in', 'default', '/sign-in'],
    ['/t/a-1/t/b/x', 'a-1', '/t/b/x'],
    ['http://keys.example/t/acme/scim/v2', 'acme', '/scim/v2'],
    [`/t/${'a'.repeat(40)}/x`, 'a'.repeat(40), '/x'],
  ] as const) {
    it(`is ${tenant} at ${url}`, () => {
      const request = { url };
      expect(routeToTenant(request)).to.equal(true);
      expect([tenantOfRequest(request), request.url]).to.deep.equal([tenant, rest]);
    });
  }

  for (const url of [
    '/t//x',
    '/t/ACME/x',
    '/t/a_b',
    '/t/%61cme/x',
    '/t/../x',
    `/t/${'a'.repeat(41)}/x`,
    '/t/*/x',
    '/t/?x',
  ]) {
    it(`is none at ${url}`, () => {
      const request = { url };
      expect(routeToTenant(request)).to.equal(false);
      expect(request.url).to.equal(url);
    });
  }
});
