import { InvalidSyntaxError } from '../model/scim-error.ts';

/** What a strict client must send instead, by the rule that its body needed (RFC 7643 §2.1 to §2.5, §3, §3.1). */
const instead: Readonly<Record<string, string>> = {
  missingSchemas: '"schemas" is missing: list the URNs of the schemas that the resource uses.',
  unknownSchema: '"schemas" lists a URN that is not a schema of this resource type: take it out.',
  booleanText: 'A boolean must be true or false, not text.',
  numberText: 'A number must be a JSON number, not text.',
  numberForText: 'Text must be a JSON string, not a number.',
  bareValue: 'An element of a complex attribute must be an object with its sub-attributes.',
  emptyReference: 'An empty reference is not a value: leave the attribute out.',
  dottedKey: 'A key must be the name of an attribute, not a path with a dot.',
  urnKey: 'A key must be the name of an attribute, or the URN of an extension with an object as its value.',
  dotAfterUrn: 'A key must be the name of an attribute, or the URN of an extension with an object as its value.',
  urnLeftOut: "An extension's attribute must be inside the object under the extension's URN.",
  coreInUrn: 'Attributes of the core schema must be at the top of the resource, not under its URN.',
};

/**
 * Holds the body of a strict client to the letter of the RFC.
 * @param rules the leniences that the body needed: see `Validated.rules`
 * @throws InvalidSyntaxError for the first that has another way in the RFC
 */
export function refuseLeniences(rules: readonly string[]): void {
  for (const rule of rules) {
    const detail = instead[rule];
    if (detail !== undefined) throw new InvalidSyntaxError(`${detail} This client's profile permits no other form.`);
  }
}
