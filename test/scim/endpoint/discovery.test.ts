import { expect } from 'chai';
import type { JsonObject } from '../../../src/base/json.ts';
import {
  refuseDiscoveryFilter,
  resourceTypeById,
  resourceTypeList,
  schemaById,
  schemaList,
  serviceProviderConfig,
  type Capabilities,
} from '../../../src/scim/endpoint/discovery.ts';
import { ResourceType, ResourceTypes } from '../../../src/scim/model/resource-type.ts';
import { NotFoundError, ScimError } from '../../../src/scim/model/scim-error.ts';
import {
  badgeUrn,
  enterpriseUrn,
  extendedTypes,
  groupUrn,
  latchkeyUrn,
  shippedTypes,
  userUrn,
} from '../../support/resource-types.ts';

const base = 'https://scim.example/scim/v2';
const capabilities: Capabilities = {
  patch: true,
  bulk: { supported: false, maxOperations: 0, maxPayloadSize: 0 },
  filter: { supported: true, maxResults: 1000 },
  changePassword: true,
  sort: true,
  etag: true,
  pagination: {
    cursor: true,
    index: true,
    defaultPaginationMethod: 'index',
    defaultPageSize: 100,
    maxPageSize: 1000,
    cursorTimeout: 3600,
  },
  authenticationSchemes: [
    {
      type: 'oauthbearertoken',
      name: 'Bearer',
      description: 'A token',
      specUri: 'https://www.rfc-editor.org/rfc/rfc6750',
      primary: true,
    },
  ],
};

describe('discovery', () => {
  it('states every capability, bulk.maxOperations too when bulk is off (authentik)', () => {
    expect(serviceProviderConfig(capabilities, extendedTypes, base)).to.deep.equal({
      schemas: ['urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig'],
      patch: { supported: true },
      bulk: { supported: false, maxOperations: 0, maxPayloadSize: 0 },
      filter: { supported: true, maxResults: 1000 },
      changePassword: { supported: true },
      sort: { supported: true },
      etag: { supported: true },
      pagination: {
        cursor: true,
        index: true,
        defaultPaginationMethod: 'index',
        defaultPageSize: 100,
        maxPageSize: 1000,
        cursorTimeout: 3600,
      },
      authenticationSchemes: [
        {
          type: 'oauthbearertoken',
          name: 'Bearer',
          description: 'A token',
          specUri: 'https://www.rfc-editor.org/rfc/rfc6750',
          primary: true,
        },
      ],
      meta: { resourceType: 'ServiceProviderConfig', location: `${base}/ServiceProviderConfig` },
    });
  });

  it('states where its documentation is, what events it sends and what profile it is held to', () => {
    const more = {
      documentationUri: 'https://docs.example',
      securityEvents: { asyncRequest: 'long', eventUris: ['urn:x'] },
      interopProfileConformant: true,
    } as const;
    expect(serviceProviderConfig({ ...capabilities, ...more }, shippedTypes, base)).to.deep.include(more);
  });

  for (const [names, told] of [
    [['Agent'], { supported: true, agentsSupported: true, agenticApplicationsSupported: false }],
    [['AgenticApplication'], { supported: true, agentsSupported: false, agenticApplicationsSupported: true }],
    [['Device'], undefined],
  ] as const) {
    it(`${told === undefined ? 'says nothing of agents' : 'says which agents there are'} with ${names.join(' and ')}`, () => {
      const types = new ResourceTypes(names.map(coreTypeNamed));
      expect(serviceProviderConfig(capabilities, types, base)['agentExtension']).to.deep.equal(told);
    });
  }

  it('lists resource types and finds one (SailPoint reads /ResourceTypes/User)', () => {
    const list = resourceTypeList(extendedTypes, base);
    expect(list).to.deep.include({
      schemas: ['urn:ietf:params:scim:api:messages:2.0:ListResponse'],
      totalResults: 5,
      itemsPerPage: 5,
      startIndex: 1,
    });
    const user = resourceTypeById(shippedTypes, 'user', base);
    expect(user).to.deep.equal({
      schemas: ['urn:ietf:params:scim:schemas:core:2.0:ResourceType'],
      id: 'User',
      name: 'User',
      endpoint: '/Users',
      description: 'User accounts',
      schema: userUrn,
      schemaExtensions: [
        { schema: enterpriseUrn, required: false },
        { schema: latchkeyUrn, required: false },
      ],
      meta: { resourceType: 'ResourceType', location: `${base}/ResourceTypes/User` },
    });
    expect((resourceTypeList(shippedTypes, base)['Resources'] as JsonObject[])[0]).to.deep.equal(user);
    expect(() => resourceTypeById(shippedTypes, 'Users', base)).to.throw(NotFoundError, 'there are User, Group');
  });

  it('lists schemas with every characteristic filled in', () => {
    const list = schemaList(extendedTypes, base);
    const ids = (list['Resources'] as JsonObject[]).map((schema) => schema['id']);
    expect(ids).to.include.members([
      userUrn,
      groupUrn,
      enterpriseUrn,
      latchkeyUrn,
      badgeUrn,
      'urn:okta:scim:schemas:core:1.0:Role',
    ]);
    expect(list['totalResults']).to.equal(ids.length);
    const latchkey = schemaById(shippedTypes, latchkeyUrn.toUpperCase(), base);
    expect(latchkey['meta']).to.deep.equal({ resourceType: 'Schema', location: `${base}/Schemas/${latchkeyUrn}` });
    expect((latchkey['attributes'] as JsonObject[]).find(({ name }) => name === 'invitationMethod')).to.deep.equal({
      name: 'invitationMethod',
      type: 'string',
      multiValued: false,
      description: "How the user is invited, when not by the tenant's method.",
      required: false,
      canonicalValues: ['emailLink', 'emailOtp', 'smsOtp'],
      caseExact: false,
      mutability: 'readWrite',
      returned: 'default',
      uniqueness: 'none',
    });
    expect(() => schemaById(shippedTypes, badgeUrn, base)).to.throw(NotFoundError, badgeUrn);
  });

  it('refuses a filter (RFC 7644 §4)', () => {
    expect(() => refuseDiscoveryFilter(new URLSearchParams('Filter=name+eq+"User"')))
      .to.throw(ScimError)
      .with.property('status', 403);
    expect(() => refuseDiscoveryFilter(new URLSearchParams('startIndex=1&attributes=name'))).not.to.throw();
  });
});

function coreTypeNamed(name: string): ResourceType {
  const schema = { id: `urn:ietf:params:scim:schemas:core:2.0:${name}`, name, description: '', attributes: [] };
  const definition = {
    id: name,
    name,
    endpoint: `/${name}s`,
    description: '',
    schema: schema.id,
    schemaExtensions: [],
  };
  return new ResourceType(definition, schema, []);
}
