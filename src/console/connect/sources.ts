/** A field of a source's own form: what it is called there, and what to enter. */
export interface SourceField {
  readonly label: string;
  /** `base` and `token` are replaced by this installation's values; anything else is entered as it is. */
  readonly enter: 'base' | 'token' | { readonly text: string };
}

/** An attribute there, and where it goes here. */
export interface SourceMapping {
  readonly theirs: string;
  readonly ours: string;
}

/** A system that people come from, with the words of its own form. */
export interface Source {
  readonly id: string;
  readonly name: string;
  readonly profile: 'okta' | 'entra' | 'auto';
  /** Where its form is, in its own words. */
  readonly place: string;
  readonly fields: readonly SourceField[];
  /** The button that tests the connection. */
  readonly test: string;
  readonly mapping: readonly SourceMapping[];
}

const own = 'urn:ietf:params:scim:schemas:extension:latchkey:2.0:User';
const text = (value: string) => ({ text: value });
const mail = 'emails[type eq "work"].value';

/** The sources that the console helps to connect; their forms as their makers have them in November 2026. */
export const sources: readonly Source[] = [
  {
    id: 'okta',
    name: 'Okta',
    profile: 'okta',
    place: 'Applications → your app → Provisioning → Integration → Edit',
    fields: [
      { label: 'SCIM connector base URL', enter: 'base' },
      { label: 'Unique identifier field for users', enter: text('userName') },
      {
        label: 'Supported provisioning actions',
        enter: text('Import New Users and Profile Updates, Push New Users, Push Profile Updates, Push Groups'),
      },
      { label: 'Authentication Mode', enter: text('HTTP Header') },
      { label: 'Authorization', enter: 'token' },
    ],
    test: 'Test Connector Configuration',
    mapping: [
      { theirs: 'userName', ours: 'userName' },
      { theirs: 'firstName, lastName', ours: 'name.givenName, name.familyName' },
      { theirs: 'email', ours: mail },
      { theirs: 'secondEmail', ours: `${own}:notificationEmail` },
      { theirs: 'mobilePhone', ours: 'phoneNumbers[type eq "mobile"].value' },
      { theirs: 'preRegistration', ours: `${own}:preRegistration` },
      { theirs: 'startDate', ours: `${own}:startDate` },
    ],
  },
  {
    id: 'entra',
    name: 'Microsoft Entra ID',
    profile: 'entra',
    place: 'Enterprise applications → your app → Provisioning → New configuration',
    fields: [
      { label: 'Select authentication method', enter: text('Bearer authentication') },
      { label: 'Tenant URL', enter: 'base' },
      { label: 'Secret token', enter: 'token' },
    ],
    test: 'Test Connection',
    mapping: [
      { theirs: 'userPrincipalName', ours: 'userName' },
      { theirs: 'Switch([IsSoftDeleted], , "False", "True", "True", "False")', ours: 'active' },
      { theirs: 'mail', ours: mail },
      { theirs: 'otherMails[0]', ours: `${own}:notificationEmail` },
      { theirs: 'givenName, surname, displayName', ours: 'name.givenName, name.familyName, displayName' },
      { theirs: 'mobile', ours: 'phoneNumbers[type eq "mobile"].value' },
      { theirs: 'employeeHireDate', ours: `${own}:startDate` },
    ],
  },
  {
    id: 'onelogin',
    name: 'OneLogin',
    profile: 'auto',
    place: 'Applications → Add App → SCIM Provisioner with SAML (SCIM v2 Enterprise) → Configuration',
    fields: [
      { label: 'SCIM Base URL', enter: 'base' },
      { label: 'SCIM Bearer Token', enter: 'token' },
      { label: 'Custom Headers', enter: text('Content-Type: application/scim+json') },
    ],
    test: 'Enable',
    mapping: [
      { theirs: 'SCIM Username', ours: 'userName' },
      { theirs: 'Email', ours: mail },
      { theirs: 'First Name, Last Name', ours: 'name.givenName, name.familyName' },
      { theirs: 'Phone', ours: 'phoneNumbers' },
    ],
  },
  {
    id: 'jumpcloud',
    name: 'JumpCloud',
    profile: 'auto',
    place: 'SSO Applications → your app → Identity Management → Custom SCIM',
    fields: [
      { label: 'API Type', enter: text('SCIM API') },
      { label: 'SCIM Version', enter: text('SCIM 2.0') },
      { label: 'Base URL', enter: 'base' },
      { label: 'Token Key', enter: 'token' },
    ],
    test: 'Test Connection',
    mapping: [
      { theirs: 'Username', ours: 'userName' },
      { theirs: 'Company email', ours: mail },
      { theirs: 'First name, Last name, Display name', ours: 'name.givenName, name.familyName, displayName' },
      { theirs: 'User state', ours: 'active' },
    ],
  },
  {
    id: 'ping',
    name: 'PingOne',
    profile: 'auto',
    place: 'Integrations → Provisioning → + → New connection → Identity Store → SCIM Outbound',
    fields: [
      { label: 'SCIM BASE URL', enter: 'base' },
      { label: 'Users Resource', enter: text('/Users') },
      { label: 'SCIM Version', enter: text('2.0') },
      { label: 'Groups Resource', enter: text('/Groups') },
      { label: 'Authentication Method', enter: text('OAuth 2 Bearer Token') },
      { label: 'Access Token', enter: 'token' },
      { label: 'User Filter Expression', enter: text('userName Eq "%s"') },
      { label: 'User Identifier', enter: text('userName') },
    ],
    test: 'Test connection',
    mapping: [
      { theirs: 'Username', ours: 'userName' },
      { theirs: 'Email Address', ours: mail },
      { theirs: 'Given Name, Family Name', ours: 'name.givenName, name.familyName' },
      { theirs: 'Enabled', ours: 'active' },
    ],
  },
  {
    id: 'google',
    name: 'Google Workspace',
    profile: 'auto',
    place: 'Apps → Web and mobile apps → your SAML app → Autoprovisioning → Configure',
    fields: [
      { label: 'Access token', enter: 'token' },
      { label: 'Endpoint URL', enter: 'base' },
    ],
    test: 'Continue',
    mapping: [
      { theirs: 'Primary email', ours: `userName, ${mail}` },
      { theirs: 'First name, Last name', ours: 'name.givenName, name.familyName' },
    ],
  },
  {
    id: 'sailpoint',
    name: 'SailPoint',
    profile: 'auto',
    place: 'Admin → Connections → Sources → Create New → SCIM 2.0 SaaS',
    fields: [
      { label: 'Host URL', enter: 'base' },
      { label: 'Authentication Type', enter: text('API Token') },
      { label: 'API Token', enter: 'token' },
      { label: 'Page size', enter: text('250') },
    ],
    test: 'Test Connection',
    mapping: [
      { theirs: 'Account name', ours: 'userName' },
      { theirs: 'Work email', ours: 'emails' },
      { theirs: 'First and last name', ours: 'name.givenName, name.familyName' },
      { theirs: 'IIQDisabled', ours: 'active' },
    ],
  },
  {
    id: 'other',
    name: 'SCIM 2.0',
    profile: 'auto',
    place: 'Base URL, bearer token',
    fields: [
      { label: 'Base URL', enter: 'base' },
      { label: 'Bearer token', enter: 'token' },
    ],
    test: 'GET /Users?filter=userName eq "nobody"',
    mapping: [
      { theirs: 'userName', ours: 'userName' },
      { theirs: 'emails', ours: mail },
    ],
  },
];
