import type { ErrorObject } from 'ajv';
import { sentenceOf } from '../../base/schema-sentence.ts';
import type { ResourceType } from '../model/resource-type.ts';
import { withFullStop } from '../../text/full-stop.ts';

/**
 * Says what is wrong with a resource so that the sender can mend it: the full path of the attribute (`emails[1].type`,
 * `urn:…:2.0:User:manager.value`) and what belongs there. Never repeats the value, which may be a secret.
 * @param error the first fault ajv found, with its data (`verbose`)
 */
export function explainFault(type: ResourceType, error: ErrorObject): string {
  const path = attributePath(type, error.instancePath);
  switch (error.keyword) {
    case 'type': {
      const wanted = String(error.params.type);
      return `${path} must be ${typeWords[wanted] ?? wanted}, not ${kindOf(error.data)}.`;
    }
    case 'required': {
      const missing = String(error.params.missingProperty);
      return `${path === '' ? missing : joinPath(type, path, missing)} is required.`;
    }
    case 'format':
      return `${path} ${formatWords[String(error.params.format)] ?? 'is malformed'}.`;
    case 'pattern':
      return `${path} is required: it must not be empty.`;
    case 'enum': {
      const allowed = error.params.allowedValues as readonly string[];
      return `${path} must be one of ${allowed.map((one) => `'${one}'`).join(', ')}.`;
    }
    case 'onePrimary':
      return `${path} may have primary true on one value only.`;
    default:
      return withFullStop(`${path} ${sentenceOf(error)}`);
  }
}

const typeWords: Readonly<Record<string, string>> = {
  string: 'a string',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  integer: 'a whole number',
  number: 'a number',
};

const formatWords: Readonly<Record<string, string>> = {
  text: 'has what cannot be kept: NUL, half of a surrogate pair, or more than 30 combining marks in a row',
  dateTime: 'must be a date and time that exist, such as 2031-05-06T07:08:09Z, or a day such as 2031-05-06',
  base64: 'must be base64',
};

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  return { string: 'a string', number: 'a number', boolean: 'a boolean' }[typeof value as string] ?? 'an object';
}

function attributePath(type: ResourceType, pointer: string): string {
  const segments = pointer
    .split('/')
    .slice(1)
    .map((segment) => segment.replaceAll('~1', '/').replaceAll('~0', '~'));
  let path = '';
  for (const segment of segments) path = /^\d+$/.test(segment) ? `${path}[${segment}]` : joinPath(type, path, segment);
  return path;
}

function joinPath(type: ResourceType, path: string, name: string): string {
  if (path === '') return name;
  return `${path}${type.schemaOf(path) === undefined ? '.' : ':'}${name}`;
}
