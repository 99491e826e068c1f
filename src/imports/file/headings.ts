/** What a column holds, and how its cells are read. */
export type ColumnKind =
  'identity' | 'userName' | 'email' | 'text' | 'flag' | 'day' | 'zone' | 'language' | 'phone' | 'manager' | 'groups';

/** One heading that is understood without a mapping. */
export interface Heading {
  readonly name: string;
  readonly kind: ColumnKind;
  /** Where its value goes, as paths of a PATCH (RFC 7644 §3.5.2). */
  readonly paths: readonly string[];
  /** What people write below it. */
  readonly about: string;
  readonly example: string;
}

const enterprise = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';
const latchkey = 'urn:ietf:params:scim:schemas:extension:latchkey:2.0:User';

/** The headings of a file of people: SCIM's own words, in the order of the template. */
export const headings: readonly Heading[] = [
  heading(
    'userName',
    'userName',
    ['userName'],
    'The name to sign in with. Needed for a new person.',
    'ines@harbour.example',
  ),
  heading(
    'externalId',
    'identity',
    ['externalId'],
    'The HR system’s own number of the person: by it they are found again when their name changes.',
    'H-1001',
  ),
  heading('givenName', 'text', ['name.givenName'], 'First name.', 'Ines'),
  heading('familyName', 'text', ['name.familyName'], 'Last name.', 'Okoro'),
  heading('email', 'email', ['emails[type eq "work"].value'], 'The work address.', 'ines@harbour.example'),
  heading(
    'personalEmail',
    'email',
    ['emails[type eq "home"].value', `${latchkey}:notificationEmail`],
    'Where the first mail goes until the start date.',
    'ines@home.example',
  ),
  heading('displayName', 'text', ['displayName'], 'The name as others see it.', 'Ines Okoro'),
  heading('active', 'flag', ['active'], '`true` or `false` (also `yes`, `no`, `1`, `0`).', 'true'),
  heading('title', 'text', ['title'], 'Job title.', 'Harbour master'),
  heading('department', 'text', [`${enterprise}:department`], 'Department.', 'Operations'),
  heading('employeeNumber', 'identity', [`${enterprise}:employeeNumber`], 'Employee number, as text.', '001001'),
  heading(
    'manager',
    'manager',
    [`${enterprise}:manager.value`],
    'The `externalId` of the manager, who is in the file or here already.',
    'H-1000',
  ),
  heading(
    'groups',
    'groups',
    [],
    'Names of groups, separated by `|`. The person is added to them and taken out of none.',
    'Crew|Night shift',
  ),
  heading(
    'phone',
    'phone',
    ['phoneNumbers[type eq "work"].value'],
    'Phone number with its country code.',
    '+49 30 1234567',
  ),
  heading('timezone', 'zone', ['timezone'], 'IANA name of the time zone.', 'Europe/Berlin'),
  heading('locale', 'language', ['locale'], 'Language, and country where it matters.', 'de-DE'),
  heading(
    'startDate',
    'day',
    [`${latchkey}:startDate`],
    'First day, local to the person’s time zone: nothing is sent and no sign-in works before it.',
    '2031-05-06',
  ),
];

function heading(name: string, kind: ColumnKind, paths: readonly string[], about: string, example: string): Heading {
  return { name, kind, paths, about, example };
}

/** What other systems call them: never taken for them, but offered. */
export const otherNames: Readonly<Record<string, string>> = {
  'user name': 'userName',
  login: 'userName',
  username: 'userName',
  'e-mail': 'email',
  'email address': 'email',
  'work email': 'email',
  mail: 'email',
  'private email': 'personalEmail',
  'personal email': 'personalEmail',
  'first name': 'givenName',
  firstname: 'givenName',
  vorname: 'givenName',
  prénom: 'givenName',
  'last name': 'familyName',
  lastname: 'familyName',
  surname: 'familyName',
  nachname: 'familyName',
  nom: 'familyName',
  'full name': 'displayName',
  name: 'displayName',
  status: 'active',
  enabled: 'active',
  'job title': 'title',
  position: 'title',
  'employee id': 'externalId',
  id: 'externalId',
  personalnummer: 'employeeNumber',
  'employee number': 'employeeNumber',
  'manager id': 'manager',
  supervisor: 'manager',
  abteilung: 'department',
  group: 'groups',
  'phone number': 'phone',
  mobile: 'phone',
  telephone: 'phone',
  'time zone': 'timezone',
  language: 'locale',
  'start date': 'startDate',
  'hire date': 'startDate',
  eintritt: 'startDate',
};
