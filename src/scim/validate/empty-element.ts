import { isJsonObject, type Json } from '../../base/json.ts';
import type { Attribute } from '../model/schema.ts';
import { InvalidValueError } from '../model/scim-error.ts';

/**
 * Whether an element of a multi-valued attribute says nothing: null, an object with nothing in it, one in which all is
 * unassigned (RFC 7643 §2.5), and one whose `value` is. Such an element is refused in every request. One whose `value`
 * is `""` is left out: clients that fill in templates send it for "none" (OneLogin).
 */
export function isEmptyElement({ subAttributes = [] }: Attribute, element: Json): boolean {
  if (!isJsonObject(element)) return isNothing(element);
  const hasValue = subAttributes.some(({ name }) => name === 'value');
  return (
    isNothing(element)
    || (hasValue
      && Object.entries(element).some(([name, value]) => name.toLowerCase() === 'value' && isUnassigned(value)))
  );
}

function isUnassigned(value: Json): boolean {
  return value === null || (Array.isArray(value) && value.length === 0);
}

function isNothing(value: Json): boolean {
  if (isJsonObject(value)) return Object.values(value).every(isNothing);
  return isUnassigned(value);
}

/** The refusal of such an element. @param place where it is, such as `emails[1]` */
export function saysNothing({ name, subAttributes = [] }: Attribute, place: string): InvalidValueError {
  const wanted = subAttributes.some((one) => one.name === 'value') ? 'a "value"' : 'a value';
  return new InvalidValueError(`"${place}" says nothing. Each of "${name}" needs ${wanted}.`);
}

/** True for an element of a multi-valued attribute that is sent with an empty value: it is left out. */
export function hasEmptyValue(element: Json): boolean {
  if (!isJsonObject(element)) return element === '';
  return Object.entries(element).some(([name, value]) => name.toLowerCase() === 'value' && value === '');
}

/** What tells one element from another, and how one is shown: without more an element says nothing of its user. */
const describing: readonly string[] = ['type', 'primary', 'display'];

/**
 * Whether an element holds more than its `type`, `primary` and `display`: an address that has lost its last line is not
 * an address. Always true where the attribute has no other sub-attributes.
 * @param element canonical names
 */
export function hasContent({ subAttributes = [] }: Attribute, element: Json): boolean {
  const telling = subAttributes.filter(({ name }) => !describing.includes(name));
  if (telling.length === 0 || !isJsonObject(element)) return true;
  return telling.some(({ name }) => {
    const value = element[name];
    return value !== undefined && value !== '' && !isNothing(value);
  });
}

/** True for an element that is sent with what it could say left empty, as templates are that were not filled in. */
export function isLeftEmpty(attribute: Attribute, element: Json): boolean {
  if (!isJsonObject(element)) return false;
  const sent = Object.entries(element).map(([name, value]) => [name.toLowerCase(), value] as const);
  const telling = (attribute.subAttributes ?? []).filter(({ name }) => !describing.includes(name));
  const named = sent.filter(([name]) => telling.some((one) => one.name.toLowerCase() === name));
  return named.length > 0 && named.every(([, value]) => value === '' || isUnassigned(value));
}
