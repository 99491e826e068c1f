import type { ResourceTypes } from '../../scim/model/resource-type.ts';
import type { Attribute } from '../../scim/model/schema.ts';

const hidden = '***';

/** Quoted values, brackets, and the words between them. */
const tokens = /"(?:[^"\\]|\\.)*"?|[\s()[\],]+|[^\s()[\],"]+/g;

const operators = new Set(['eq', 'ne', 'co', 'sw', 'ew', 'gt', 'ge', 'lt', 'le']);
const keywords = new Set([...operators, 'pr', 'and', 'or', 'not', 'true', 'false', 'null']);

/**
 * Makes a function that shows of a filter, a path or a list of attributes what has a name of its own, and nothing else:
 * attributes of the schemas, operators, flags, brackets. Whatever else it holds may be a secret, wherever it is: on the
 * wrong side of an operator, behind a dot, without quotes.
 * @param isSecretName whether a word is the name of a secret: such a name is shown where a comparison follows it
 */
export function createShowNamedOnly(
  types: ResourceTypes,
  isSecretName: (name: string) => boolean,
): (text: string) => string {
  const schemas = types.schemas();
  const urns = schemas.map(({ id }) => id.toLowerCase());
  const names = new Set([...schemas.flatMap(({ attributes }) => namesOf(attributes)), 'id', 'schemas', 'externalid']);
  for (const name of ['meta', 'resourcetype', 'created', 'lastmodified', 'location', 'version']) names.add(name);

  const isOwnSecretName = (word: string) => /^[A-Za-z]+(?:[-_][A-Za-z]+)*$/.test(word) && isSecretName(word);
  const attribute = (word: string, isCompared: boolean): string => {
    const urn = urns.find((one) => word.toLowerCase().startsWith(`${one}:`)) ?? '';
    const start = urn === '' ? '' : word.slice(0, urn.length + 1);
    const [first = '', ...more] = word.slice(start.length).split('.');
    const isShown = names.has(first.toLowerCase()) || (isCompared && more.length === 0 && isOwnSecretName(first));
    if (!isShown) return hidden;
    return start + [first, ...more.map((part) => (names.has(part.toLowerCase()) ? part : hidden))].join('.');
  };
  return (text) => {
    const words = text.match(tokens) ?? [];
    const spoken = words.filter((word) => !/^[\s()[\],]/.test(word));
    let index = -1;
    return words
      .map((word) => {
        if (/^[\s()[\],]/.test(word)) return word;
        index += 1;
        const isValue = operators.has((spoken[index - 1] ?? '').toLowerCase());
        if (word.startsWith('"')) return `"${hidden}"`;
        if (isValue) return /^(?:true|false|null)$/i.test(word) ? word : hidden;
        if (keywords.has(word.toLowerCase())) return word;
        return attribute(word, operators.has((spoken[index + 1] ?? '').toLowerCase()));
      })
      .join('');
  };
}

function namesOf(attributes: readonly Attribute[]): string[] {
  return attributes.flatMap(({ name, subAttributes = [] }) => [name.toLowerCase(), ...namesOf(subAttributes)]);
}
