import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import type { Json } from '../../src/base/json.ts';
import { packageFile } from '../../src/base/package-root.ts';
import { applyPatch } from '../../src/scim/patch/apply-patch.ts';
import type { PatchedResource } from '../../src/scim/patch/patched-resource.ts';
import { parsePatchRequest } from '../../src/scim/patch/patch-op.ts';
import type { ClientProfile } from '../../src/domain/client-profile.ts';
import type { Resource } from '../../src/scim/model/resource.ts';
import { ScimError } from '../../src/scim/model/scim-error.ts';
import { shippedTypes } from '../support/resource-types.ts';

/** What a client sends and what it must come to. A new case is a new file. */
interface Replay {
  readonly name: string;
  /** Who sends it, and who says so. */
  readonly source: string;
  readonly type: string;
  readonly profile?: ClientProfile;
  readonly before: Resource;
  readonly request: Json;
  readonly after?: Resource;
  /** The `detail` is a part of the answer's. */
  readonly error?: { readonly status: number; readonly scimType: string; readonly detail: string };
  /** All rules used, in any order. */
  readonly rules?: readonly string[];
  readonly dropped?: readonly string[];
  readonly outcomes?: readonly string[];
  readonly members?: readonly Json[];
}

const collections = [
  { title: 'PATCH as clients send it', folder: packageFile('test/idp'), pattern: /\.json$/ },
  {
    title: 'PATCH as RFC 7644 §3.5.2 has it',
    folder: packageFile('test/samples'),
    pattern: /^rfc7644-3\.5\.2.*\.json$/,
  },
];

for (const { title, folder, pattern } of collections) {
  describe(title, () => {
    for (const file of readdirSync(folder).filter((name) => pattern.test(name))) {
      const replay = JSON.parse(readFileSync(join(folder, file), 'utf8')) as Replay;
      it(`${file}: ${replay.name}`, () => {
        if (replay.error === undefined) expectAfter(replay);
        else expectError(replay, replay.error);
      });
    }
  });
}

function run({ type: name, profile = 'auto', before, request }: Replay): PatchedResource {
  const type = shippedTypes.byName(name);
  if (type === undefined) throw new Error(`There is no resource type ${name}.`);
  return applyPatch(type, before, parsePatchRequest(request, profile), { profile, unknownAttributes: 'drop' });
}

function expectAfter(replay: Replay): void {
  const asSent = structuredClone(replay.before);
  const result = run(replay);
  expect(result.resource).to.deep.equal(replay.after);
  expect(replay.before, 'the resource passed in').to.deep.equal(asSent);
  expect(result.changed).to.equal(JSON.stringify(replay.before) !== JSON.stringify(replay.after));
  if (replay.members !== undefined) expect(result.members).to.deep.equal(replay.members);
  if (replay.outcomes !== undefined)
    expect(result.operations.map(({ outcome }) => outcome)).to.deep.equal(replay.outcomes);
  if (replay.dropped !== undefined)
    expect(result.operations.flatMap(({ dropped = [] }) => dropped)).to.deep.equal(replay.dropped);
  const rules = new Set(result.operations.flatMap((operation) => operation.rules));
  if (replay.rules !== undefined) expect([...rules]).to.have.members([...replay.rules]);
  expect(run({ ...replay, before: result.resource }).changed, 'the same request again changes the resource').to.equal(
    false,
  );
}

function expectError(replay: Replay, { status, scimType, detail }: NonNullable<Replay['error']>): void {
  let thrown: unknown;
  try {
    run(replay);
  } catch (error) {
    thrown = error;
  }
  expect(thrown).to.be.instanceOf(ScimError);
  const body = (thrown as ScimError).body();
  expect(body).to.include({ status: String(status), scimType });
  expect(body.detail).to.include(detail);
}
