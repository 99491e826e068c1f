import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect } from 'chai';
import type { Command } from 'commander';
import { createProgram } from '../../src/cli/program.ts';
import { isJsonObject, type Json } from '../../src/base/json.ts';
import { packageRoot } from '../../src/base/package-root.ts';
import { variables } from '../../src/config/variables.ts';

const documents = [
  'README.md',
  'ARCHITECTURE.md',
  'CONTRIBUTING.md',
  'SECURITY.md',
  ...readdirSync(join(packageRoot, 'docs'), { recursive: true })
    .map((name) => join('docs', String(name)))
    .filter((name) => name.endsWith('.md')),
];
const textOf = (document: string): string => readFileSync(join(packageRoot, document), 'utf8');
const allMatches = (text: string, pattern: RegExp): string[] =>
  [...text.matchAll(pattern)].map((match) => match[1] ?? '');

/** Headings as links name them. */
function anchorsOf(text: string): Set<string> {
  return new Set(
    allMatches(text, /^#+ (.+)$/gm).map((heading) =>
      heading
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N} -]/gu, '')
        .replaceAll(' ', '-'),
    ),
  );
}

describe('documents', () => {
  for (const document of documents) {
    it(`${document}: its links lead somewhere`, () => {
      const broken = allMatches(textOf(document), /\]\((?!https?:|mailto:)([^)\s]+)\)/g).filter((link) => {
        const [path = '', anchor] = link.split('#');
        const target = path === '' ? document : join(dirname(document), path);
        if (!existsSync(join(packageRoot, target))) return true;
        return anchor !== undefined && !anchorsOf(textOf(target)).has(anchor);
      });
      expect(broken).to.deep.equal([]);
    });
  }

  it('name variables that exist', () => {
    const known = new Set(variables.flatMap(({ name }) => [name, `${name}_FILE`]));
    const unknown = documents
      .filter((document) => !document.startsWith('docs/decisions'))
      .flatMap((document) => allMatches(textOf(document), /\b(LATCHKEY_[A-Z_]*[A-Z])\b/g))
      .filter((name) => !known.has(name) && !['LATCHKEY_URL', 'LATCHKEY_TOKEN', 'LATCHKEY'].includes(name));
    expect([...new Set(unknown)]).to.deep.equal([]);
  });

  it('name settings that exist', () => {
    const schema = JSON.parse(readFileSync(join(packageRoot, 'schemas/settings.schema.json'), 'utf8')) as Json;
    const exists = (path: readonly string[], node: Json | undefined = schema): boolean => {
      const [name, ...rest] = path;
      if (name === undefined) return true;
      const properties = isJsonObject(node) ? node['properties'] : undefined;
      const child = isJsonObject(properties) ? properties[name] : undefined;
      return child !== undefined && (!isJsonObject(child) || !isJsonObject(child['properties']) || exists(rest, child));
    };
    const groups = 'onboarding|passwords|scim|sms|brand|mail|requestLog|deliveries';
    const named = new RegExp(`\`((?:${groups})\\.[a-z]\\w*(?:\\.[a-z]\\w*)*)\``, 'g');
    const unknown = documents
      .filter((document) => !document.startsWith('docs/decisions'))
      .flatMap((document) => allMatches(textOf(document), named))
      .filter((name) => !exists(name.split('.')));
    expect([...new Set(unknown)]).to.deep.equal([]);
  });

  it('show commands that exist', () => {
    const program = createProgram();
    const unknown = documents
      .flatMap((document) => allMatches(textOf(document), /(?:node bin\/latchkey\.js|`latchkey) +([a-z][^`\n#|']*)/g))
      .filter((line) => !isCommand(program, line.trim().split(/\s+/)));
    expect([...new Set(unknown)]).to.deep.equal([]);
  });
});

/** Whether words begin with a command, with its subcommand, and name only options it has. */
function isCommand(program: Command, [name = '', ...words]: readonly string[]): boolean {
  if (name === 'help') return true;
  const command = program.commands.find((one) => one.name() === name || one.aliases().includes(name));
  if (command === undefined) return false;
  // One that takes a file of its own beside its subcommands.
  const isFile = command.registeredArguments.length > 0 && (words[0] ?? '').includes('.');
  if (command.commands.length > 0 && words.length > 0 && /^[a-z]/.test(words[0] ?? '') && !isFile)
    return isCommand(command, words);
  const options = ['--help', ...command.options.map(({ long }) => long)];
  return words.every((word) => !word.startsWith('--') || options.includes(word.split('=')[0] ?? ''));
}
