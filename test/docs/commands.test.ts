import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { packageRoot } from '../../src/base/package-root.ts';
import { DocumentShell } from '../support/document-shell.ts';
import { startRecordingSmtp, type RecordingSmtp } from '../support/recording-smtp.ts';
import { eventually, launch, testToken, type Launched } from '../support/launch.ts';

const documents = ['README.md', ...readdirSync(join(packageRoot, 'docs')).map((name) => `docs/${name}`)].filter(
  (name) => name.endsWith('.md'),
);

/** What is not run here, and which test does. */
const elsewhere: readonly RegExp[] = [
  /latchkey\.js worker/, // runs until it is stopped: test/journeys/races
  /latchkey\.js migrate/, // needs MongoDB: test/journeys/migrate
];

/** Blocks and files of a document in their order, and the commands within its sentences. */
function commandsOf(document: string): { readonly blocks: readonly string[]; readonly files: Record<string, string> } {
  const text = readFileSync(join(packageRoot, document), 'utf8');
  const files = [...text.matchAll(/<!-- file: (.+?) -->\n```\w+\n([^]*?)```/g)];
  const blocks = [...text.matchAll(/```sh\n([^]*?)```/g)].map(([, code = '']) => code);
  const inline = [...text.replaceAll(/```[^]*?```/g, '').matchAll(/`(node bin\/latchkey\.js [^`]+)`/g)];
  return {
    blocks: [...blocks, ...new Set(inline.map(([, code = '']) => code))].filter(
      (code) => !elsewhere.some((one) => one.test(code)),
    ),
    files: Object.fromEntries(files.map(([, name = '', content = '']) => [name, content])),
  };
}

const returned = `Content-Type: multipart/report; report-type=delivery-status; boundary=b

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example

Final-Recipient: rfc822; ines@example.com
Action: failed
Status: 5.1.1

--b--
`;

describe('the commands of the documents', function () {
  this.timeout(300_000);
  let server: Launched;
  let smtp: RecordingSmtp;
  let shell: DocumentShell;
  let folder = '';
  let admin: (method: string, path: string, body?: object | string) => Promise<any>;
  let names: readonly (readonly [RegExp, string])[] = [];

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'latchkey-documents-data-'));
    const checkpoints = join(folder, 'checkpoints.txt');
    smtp = await startRecordingSmtp();
    server = await launch({ LATCHKEY_DATA_DIR: folder, LATCHKEY_AUDIT_CHECKPOINTS: checkpoints, SMTP_URL: smtp.url });
    await eventually('the first checkpoint', async () => existsSync(checkpoints));
    admin = async (method, path, body) => {
      const answer = await fetch(`${server.url}/admin/v1${path}`, {
        method,
        headers: {
          authorization: `Bearer ${testToken}`,
          'content-type': typeof body === 'string' ? 'text/csv' : 'application/json',
        },
        ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      });
      if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
      return answer.status === 204 ? undefined : answer.json();
    };
    await admin('POST', '/tenants', { id: 'acme', name: 'Acme' });
    await server.scim('POST', '/Users', { userName: 'ines@example.com', emails: [{ value: 'ines@example.com' }] });
    const scopes = ['scim:read', 'scim:write'];
    const { id: client } = await admin('POST', '/clients', { name: 'documents', profile: 'auto', scopes });
    const made = await admin('POST', `/clients/${client}/credentials`, { kind: 'secret' });
    const rows = 'userName,startDate\nana@example.com,\nbo@example.com,05/06/2031\ncy@example.com,\n';
    const planned = await admin('POST', '/imports?name=p.csv&canary=1&invite=false', rows);
    await admin('POST', `/imports/${planned.id}/run`, { plan: planned.plan.hash });
    shell = new DocumentShell({
      LATCHKEY_DATA_DIR: folder,
      SMTP_URL: smtp.url,
      LATCHKEY_URL: server.url,
      LATCHKEY_TOKEN: testToken,
      TOKEN: testToken,
      CLIENT_ID: client,
      SECRET: made.secret,
    });
    names = [
      [/http:\/\/127\.0\.0\.1:8080|https:\/\/<your host>|https:\/\/scim\.example\b/g, server.url],
      [/(?<=\s|'|=)\/(etc|backup)\//g, `${shell.folder}/$1/`],
      [/\/opt\/latchkey/g, shell.folder],
      [/\/var\/lib\/latchkey/g, folder],
      [/TOKEN=…/g, `TOKEN=${testToken}`],
      [/--scopes …/g, '--scopes scim:read'],
      [/<name>/g, 'some'],
      [/\bBATCH\b/g, planned.id],
      [/smtp\.example\.com/g, '127.0.0.1:1'],
      [/checkpoints\.txt/g, checkpoints],
      // Refused rows and a plan that nobody approved; warnings, and faults of what is not there in a test.
      [/^node bin\/latchkey\.js import .*$/gm, '$& || [[ $? =~ [23] ]]'],
      [/latchkey\.js check'?$/gm, '$& || [ $? -le 2 ]'],
    ];
  });
  after(async () => {
    await server.end('SIGTERM');
    await smtp.close();
    await shell.close();
    rmSync(folder, { recursive: true, force: true });
  });

  for (const document of documents) {
    const { blocks, files } = commandsOf(document);
    if (blocks.length === 0) continue;
    it(`${document}: ${blocks.length}`, async () => {
      for (const [name, content] of Object.entries(files)) shell.write(name, content);
      // Each document begins without those of others, which have the same names.
      for (const one of (await admin('GET', '/clients')).clients)
        if (!one.scopes.includes('operator') && one.name !== 'documents') await admin('DELETE', `/clients/${one.id}`);
      const { id } = await admin('POST', '/clients', {
        name: `of ${document}`,
        profile: 'auto',
        scopes: ['scim:read'],
      });
      const { id: credential } = await admin('POST', `/clients/${id}/credentials`, { kind: 'token' });
      const all = [...names, [/<client>|<id>/g, id], [/<credential>/g, credential]] as const;
      for (const block of blocks) {
        const lines = all.reduce((text, [from, to]) => text.replace(from, to), block);
        const { code, stdout, stderr } = await shell.run(lines, /rfc3464/.test(block) ? returned : '');
        expect(code, `${lines}\n${stdout}\n${stderr}`).to.equal(0);
        expect(stdout, lines).not.to.match(/"status": ?"?[45]\d\d\b/);
      }
    });
  }
});

describe('the documents', () => {
  it('tell nobody to run or install a package by a name from a registry', () => {
    const told = [...documents, 'CONTRIBUTING.md', 'SECURITY.md'].flatMap((document) => {
      const text = readFileSync(join(packageRoot, document), 'utf8');
      const commands =
        /\b(?:npx|npm (?:exec|x|create|init)|npm (?:i|install|add)|pnpm dlx|yarn dlx|bunx)\s+[@\w][^`\n]*/g;
      return [...text.matchAll(commands)].map(([command]) => command).filter((command) => !isOfCheckout(command));
    });
    expect(told).to.deep.equal([]);
  });
});

/** Programs that `npm ci` has put beside the checkout. */
function isOfCheckout(command: string): boolean {
  return /^npx (?:mocha|tsc|eslint|prettier|tsx)\b/.test(command);
}
