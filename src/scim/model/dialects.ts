import type { ClientProfile } from '../../domain/client-profile.ts';

/**
 * Who sends a deviation: a client with a profile of its own, or those without one. What even `strict` takes is
 * harmless to the letter.
 */
type Speaker = Exclude<ClientProfile, 'auto'> | 'others';

/**
 * Every deviation from RFC 7644 §3.5.2 that is understood, by the name the request log reports, with who speaks it.
 * Each has its replay in `test/idp/`.
 */
const speakers = {
  /**
   * `Replace`, `Add`, `Remove`: Entra's default dialect (Microsoft, "Develop and plan provisioning for a SCIM
   * endpoint").
   */
  capitalisedOp: ['entra', 'others'],
  /**
   * The key `operations`, or another spelling of it: hand-made clients; names are case-insensitive everywhere else
   * (RFC 7643 §2.1).
   */
  operationsKey: ['others'],
  /** No `schemas` in the PATCH body: admins with curl, connectors with a body template. */
  missingSchemas: ['entra', 'okta', 'others'],
  /** `"schemas": "…PatchOp"`, text in place of a list: hand-made clients. */
  schemasAsText: ['entra', 'okta', 'others'],
  /** `"Operations": []`, with nothing to do: Entra, when a cycle's changes have cancelled each other out. */
  noOperations: ['entra', 'others'],
  /** `"path": ""` or `null` where there is no path: serialisers that write every member of a class. */
  emptyPath: ['entra', 'okta', 'others'],
  /** `urn:…:2.0:User.manager`, a dot after the URN: Entra's "SCIM Inbound" test collection. */
  dotAfterUrn: ['entra', 'others'],
  /** A path that is the URN of an extension alone: SailPoint and hand-made clients. */
  schemaPath: ['entra', 'okta', 'others'],
  /** `{"name.givenName": …}` in a value without a path: Entra with `aadOptscim062020`. */
  dottedKey: ['entra', 'others'],
  /** `{"urn:…:2.0:User:employeeNumber": …}` in a value without a path: Entra with `aadOptscim062020`. */
  urnKey: ['entra', 'others'],
  /** `id` inside a value without a path, unchanged: Okta's group rename. */
  idInValue: ['entra', 'okta', 'others'],
  /** `schemas`, `meta` and `groups` inside a value without a path: Okta and others send back the resource they read. */
  readOnlyInValue: ['entra', 'okta', 'others'],
  /** An attribute no schema knows inside a value without a path, dropped and named: Entra and Okta custom profiles. */
  unknownInValue: ['entra', 'okta', 'others'],
  /**
   * `schemas` as a path: it follows from the attributes that are present, so there is nothing to do. SCIM-SDK,
   * UnboundID.
   */
  schemasFollow: ['entra', 'okta', 'others'],
  /**
   * `add` of `null` removes: RFC 7643 §2.5 calls null "unassigned", but only `replace` can mean it. Entra's Logic App
   * ("null update").
   */
  nullEmpties: ['entra', 'okta', 'others'],
  /**
   * `replace` through `emails[type eq "work"].value` makes the missing element: Entra (ssoready#249,
   * scim-for-keycloak#73).
   */
  createElement: ['entra', 'okta', 'others'],
  /** `roles[primary eq "True"]`, text where the schema has a boolean: Entra's SingleAppRoleAssignment. */
  booleanTextInFilter: ['entra', 'others'],
  /** `"True"` for `true`: Entra's default dialect. */
  booleanText: ['entra', 'okta', 'others'],
  /** `"5"` for 5, and 5 for `"5"`: HR systems whose exports know no types. */
  numberText: ['entra', 'okta', 'others'],
  numberForText: ['entra', 'okta', 'others'],
  /**
   * `remove` of a multi-valued attribute with a `value`: those values only. Entra's default dialect, JumpCloud. The RFC
   * gives `value` no meaning here; to empty the group instead is a disaster no profile asks for.
   */
  removeByValue: ['entra', 'okta', 'strict', 'others'],
  /**
   * `manager` as the bare id: Entra (SCIM-SDK#686). Also an element of a multi-valued attribute as its bare `value`:
   * WSO2 (product-is#21040).
   */
  bareValue: ['entra', 'okta', 'others'],
  /** A list of one for an attribute with a single value: Entra's documentation sample of `manager`. */
  listOfOne: ['entra', 'others'],
  /** `{"value": x}` for an attribute that is not complex: Entra's older documentation samples. */
  wrappedValue: ['entra', 'others'],
  /** One object where the attribute is multi-valued. */
  singleForMany: ['entra', 'okta', 'others'],
  /** `""` or `{"value": ""}` removes a reference such as `manager`: Entra's validator. */
  emptyReference: ['entra', 'okta', 'others'],
  /** A member named by `$ref` alone. */
  memberByRef: ['others'],
} as const satisfies Record<string, readonly Speaker[]>;

/** The name of a rule, as the request log shows it. */
export type DialectRule = keyof typeof speakers;

/** True for the name of a rule of this catalogue. */
export function isDialectRule(name: string): name is DialectRule {
  return Object.hasOwn(speakers, name);
}

/** What a client may say beyond the RFC, and a record of what it did say. One per operation. */
export class Dialect {
  readonly #profile: ClientProfile;
  readonly #used = new Set<string>();

  constructor(profile: ClientProfile) {
    this.#profile = profile;
  }

  /** True when the profile may use the rule; the caller then does what the rule says, so its use is recorded. */
  permits(rule: DialectRule): boolean {
    const spoken: readonly Speaker[] = speakers[rule];
    const permitted = this.#profile === 'auto' || spoken.includes(this.#profile);
    if (permitted) this.#used.add(rule);
    return permitted;
  }

  /**
   * Whether `replace` of a complex attribute takes away what its value leaves out: the interoperability profile says so
   * ("Singular Attributes"), RFC 7644 §3.5.2.3 keeps it.
   */
  get replacesWhole(): boolean {
    return this.#profile === 'ipsie';
  }

  /** Records rules that need no permission, and those that others applied, such as the validator's coercions. */
  note(rules: Iterable<string>): void {
    for (const rule of rules) this.#used.add(rule);
  }

  /** The rules used so far, in the order of their first use. */
  rules(): readonly string[] {
    return [...this.#used];
  }
}
