import { expect } from 'chai';
import { isRead, parseRoute } from '../../../src/scim/endpoint/route.ts';
import { NotFoundError, ScimError } from '../../../src/scim/model/scim-error.ts';
import { shippedTypes } from '../../support/resource-types.ts';

describe('parseRoute', () => {
  for (const [method, path, kind, more] of [
    ['POST', '/Users', 'collection', { type: 'User' }],
    ['HEAD', '/users/', 'collection', { type: 'User' }],
    ['DELETE', '/Groups/g1', 'resource', { type: 'Group', id: 'g1' }],
    ['GET', '/Users/a%2Fb', 'resource', { type: 'User', id: 'a/b' }],
    ['POST', '/Users/.SEARCH', 'search', { type: 'User' }],
    ['GET', '/', 'root', {}],
    ['GET', '', 'root', {}],
    ['POST', '/.search', 'rootSearch', {}],
    ['GET', '/.changes', 'changes', {}],
    ['POST', '/.feeds/f1', 'feed', { name: 'f1' }],
    ['GET', '/.transactions/t1', 'transaction', { name: 't1' }],
    ['POST', '/bulk', 'bulk', {}],
    ['PATCH', '/me', 'me', {}],
    ['GET', '/ServiceProviderConfigs', 'serviceProviderConfig', {}],
    ['GET', '/ResourceTypes', 'resourceTypes', {}],
    ['GET', '/resourcetypes/User', 'resourceType', { name: 'User' }],
    ['GET', '/Schemas', 'schemas', {}],
    ['HEAD', '/Schemas/urn:x', 'schema', { name: 'urn:x' }],
  ] as const) {
    it(`${method} ${path} goes to ${kind}`, () => {
      const { type, ...route } = { type: undefined, ...parseRoute(shippedTypes, method, path) };
      expect({ ...route, ...(type === undefined ? {} : { type: type.name }) }).to.deep.equal({ kind, ...more });
    });
  }

  for (const path of ['/Ships', '/Users/u1/emails', '/Bulk/1', '/.feeds', '/.search/x', '/Me/x', '/constructor']) {
    it(`${path} is not an endpoint`, () => {
      expect(() => parseRoute(shippedTypes, 'GET', path)).to.throw(NotFoundError, `There is no endpoint at ${path}.`);
    });
  }

  for (const [method, path, allowed] of [
    ['DELETE', '/Users', 'GET, HEAD, POST'],
    ['POST', '/Users/u1', 'GET, HEAD, PUT, PATCH, DELETE'],
    ['GET', '/Users/.search', 'POST'],
    ['PUT', '/Schemas', 'GET, HEAD'],
    ['POST', '/AuditEvents', 'GET, HEAD'],
    ['DELETE', '/AuditEvents/e1', 'GET, HEAD'],
  ] as const) {
    it(`${method} ${path} is refused with what is possible there`, () => {
      expect(() => parseRoute(shippedTypes, method, path))
        .to.throw(ScimError, `${method} is not possible here, only ${allowed}.`)
        .that.deep.includes({ status: 405, headers: { Allow: allowed } });
    });
  }

  it('refuses what is not properly percent-encoded', () => {
    expect(() => parseRoute(shippedTypes, 'GET', '/Users/%E0%A4%A')).to.throw(
      ScimError,
      'not properly percent-encoded',
    );
  });
});

describe('isRead', () => {
  for (const [method, path, reads] of [
    ['GET', '/Users', true],
    ['HEAD', '/Users/u1', true],
    ['POST', '/Users', false],
    ['POST', '/Users/.search', true],
    ['POST', '/.Search/', true],
    ['POST', '/Users/%2Esearch', true],
    ['POST', '/.feeds/f1', true],
    ['POST', '/.FEEDS/f1', true],
    ['POST', '/.feeds', false],
    ['POST', '/', false],
    ['POST', '/Bulk', false],
    ['POST', '/Users/%E0%A4%A', false],
    ['DELETE', '/Users/u1', false],
  ] as const) {
    it(`${method} ${path} ${reads ? 'changes nothing' : 'may change something'}`, () => {
      expect(isRead(method, path)).to.equal(reads);
    });
  }
});
