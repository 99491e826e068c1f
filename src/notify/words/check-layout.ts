import Mustache from 'mustache';
import type { FileFault } from '../../base/json-file.ts';

/** What a layout may show: what `renderMail` puts into it. */
const known = new Set([
  'language',
  'preheader',
  'logoUrl',
  'initial',
  'accent',
  'onAccent',
  'accentEdge',
  'linkColor',
  'accentDark',
  'onAccentDark',
  'linkColorDark',
  'help',
  'helpText',
  'helpUrl',
  'direction',
  'start',
  'end',
  'productName',
  'subject',
  'title',
  'greeting',
  'text',
  'details',
  'label',
  'value',
  'parts',
  'isCode',
  'size',
  'mustChange',
  'link',
  'button',
  'linkHint',
  'expires',
  'unexpected',
  'footer',
  '.',
]);
/** What no mail may lose: without these a link, a code or a password would not arrive. */
const needed = [['text'], ['details'], ['value', 'parts'], ['link'], ['unexpected']];
/**
 * What mails of ours never hold: scripts, forms, and whatever a reader's program would fetch from elsewhere but the
 * logo that the settings name.
 */
const forbidden: readonly (readonly [RegExp, string])[] = [
  [/<(?:script|iframe|object|embed|form|link|base)\b/giu, 'is an element that mails must not hold'],
  [
    /\b(?:src|srcset|background|poster)\s*=\s*["']?(?!["']?(?:(?:data|cid):|\{\{logoUrl\}\}["']))/giu,
    'would fetch something from elsewhere, or track who reads',
  ],
  [/(?:url\(\s*["']?(?!["']?data:)|@import)/giu, 'would fetch something from elsewhere, or track who reads'],
];

/**
 * What is wrong with a layout, each with its line.
 * @param file as it is to appear in messages
 * @param kind HTML is held to more rules: everything is escaped, nothing is fetched
 */
export function checkLayout(file: string, text: string, kind: 'html' | 'text'): FileFault[] {
  const fault = (offset: number, message: string): FileFault => ({
    file,
    line: text.slice(0, offset).split('\n').length,
    pointer: '',
    message,
  });
  let tokens: readonly Token[];
  try {
    tokens = Mustache.parse(text);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return [fault(Number(/at (\d+)$/.exec(reason)?.[1] ?? 0), `is not valid Mustache: ${reason}`)];
  }
  const found = placeholdersOf(tokens);
  const faults = found.flatMap(({ type, name, offset }) => {
    if (type === '>' || type === '=')
      return [fault(offset, 'layouts can neither include others nor change the delimiters')];
    if (type === '&' && kind === 'html')
      return [fault(offset, `{{{${name}}}} would not be escaped: write {{${name}}}`)];
    return known.has(name)
      ? []
      : [
          fault(
            offset,
            `{{${name}}} is not known here; there are ${[...known].filter((one) => one !== '.').join(', ')}`,
          ),
        ];
  });
  const missing = needed
    .filter((names) => !found.some((one) => names.includes(one.name)))
    .map(([name]) => fault(0, `{{${name}}} is missing: messages would lose what they are sent for`));
  const fetched =
    kind === 'text'
      ? []
      : forbidden.flatMap(([pattern, why]) =>
          [...text.matchAll(pattern)].map((match) => fault(match.index, `'${match[0].trim()}' ${why}`)),
        );
  return [...faults, ...missing, ...fetched];
}

/** A token of Mustache: type, text, where it begins and ends, and the contents of sections. */
type Token = readonly [
  type: string,
  text: string,
  start: number,
  end: number,
  inner?: readonly Token[] | string,
  ...rest: unknown[],
];

interface Placeholder {
  readonly type: string;
  readonly name: string;
  readonly offset: number;
}

function placeholdersOf(tokens: readonly Token[]): Placeholder[] {
  return tokens.flatMap(([type, name, offset, , inner]) => {
    if (type === 'text' || type === '!') return [];
    return [{ type, name, offset }, ...(Array.isArray(inner) ? placeholdersOf(inner as readonly Token[]) : [])];
  });
}
