import type { Attribute } from './schema.ts';

const plain = {
  type: 'string',
  multiValued: false,
  description: '',
  required: false,
  caseExact: true,
  mutability: 'readOnly',
  returned: 'default',
  uniqueness: 'none',
} as const satisfies Omit<Attribute, 'name'>;

/**
 * The attributes every resource has, whatever its schema: `schemas`, `id`, `externalId`, `meta` (RFC 7643 §3, §3.1).
 * They belong to no schema definition, so they are not in the answers of `/Schemas`.
 */
export const commonAttributes: readonly Attribute[] = [
  {
    ...plain,
    name: 'schemas',
    type: 'reference',
    multiValued: true,
    required: true,
    mutability: 'readWrite',
    returned: 'always',
    description: 'The URNs of the schemas whose attributes the resource holds.',
    referenceTypes: ['uri'],
  },
  {
    ...plain,
    name: 'id',
    returned: 'always',
    uniqueness: 'server',
    description: 'What the server knows the resource by.',
  },
  {
    ...plain,
    name: 'externalId',
    mutability: 'readWrite',
    description: 'What the provisioning client knows the resource by.',
  },
  {
    ...plain,
    name: 'meta',
    type: 'complex',
    description: 'When and as what the resource was made and last changed.',
    subAttributes: [
      { ...plain, name: 'resourceType', description: 'The name of the resource type.' },
      { ...plain, name: 'created', type: 'dateTime', caseExact: false, description: 'When the resource was added.' },
      {
        ...plain,
        name: 'lastModified',
        type: 'dateTime',
        caseExact: false,
        description: 'When the resource last changed.',
      },
      {
        ...plain,
        name: 'location',
        type: 'reference',
        referenceTypes: ['uri'],
        description: 'The URI of the resource.',
      },
      { ...plain, name: 'version', description: 'The entity tag of the resource (RFC 7644 §3.14).' },
    ],
  },
];
