import type { JsonObject } from '../src/base/json.ts';

/** A user of about 1.1 KB, as an IdP sends it; `n` makes it unlike the others. */
export function benchUser(n: number): JsonObject {
  const given = ['Ines', 'Rhea', 'Tove', 'Omar', 'Lin', 'Asa', 'Noor', 'Juno'][n % 8] ?? 'Ines';
  const family = `Okoro${n % 997}`;
  const mail = `user${n}@bench.example`;
  return {
    schemas: [
      'urn:ietf:params:scim:schemas:core:2.0:User',
      'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User',
    ],
    externalId: `00u${n}`,
    userName: mail,
    name: { formatted: `${given} ${family}`, givenName: given, familyName: family },
    displayName: `${given} ${family}`,
    title: 'Harbour pilot',
    preferredLanguage: 'en-GB',
    locale: 'en-GB',
    timezone: 'Europe/London',
    active: n % 10 !== 0,
    emails: [
      { value: mail, type: 'work', primary: true },
      { value: `home${n}@bench.example`, type: 'home' },
    ],
    phoneNumbers: [{ value: '+44 20 7946 0000', type: 'work' }],
    addresses: [
      { type: 'work', streetAddress: '1 Quay Street', locality: 'Bristol', postalCode: 'BS1 4AA', country: 'GB' },
    ],
    'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User': {
      employeeNumber: String(100_000 + n),
      costCenter: `C${n % 50}`,
      department: `Dock ${n % 20}`,
      division: 'Pilots',
      organization: 'Harbour',
    },
  };
}
