import { expect } from 'chai';
import type { JsonObject } from '../../src/base/json.ts';
import type { ClientProfile } from '../../src/domain/client-profile.ts';
import type { Resource } from '../../src/scim/model/resource.ts';
import { ScimError } from '../../src/scim/model/scim-error.ts';
import { applyPatch } from '../../src/scim/patch/apply-patch.ts';
import type { PatchOperation } from '../../src/scim/patch/patch-op.ts';
import type { PatchedResource } from '../../src/scim/patch/patched-resource.ts';
import { registryUrn, shipType, shipUrn } from './ship-type.ts';

/** A line of a table of patches to a ship: what it has before, what is done to it, and what it has then. */
export interface ShipPatch {
  readonly title: string;
  /** What the ship has beyond its name and its port. */
  readonly before?: JsonObject;
  readonly operations: readonly PatchOperation[];
  /** `auto`, unless given. */
  readonly profile?: ClientProfile;
  /** What the ship has afterwards beyond its name and its port. */
  readonly after?: JsonObject;
  /** The scimType and a part of the detail of the refusal. */
  readonly refused?: readonly [scimType: string, detail: string];
  /** The dialect rules that the operations need; none, unless given. */
  readonly rules?: readonly string[];
}

/** One test for each line. */
export function itPatchesShips(lines: readonly ShipPatch[]): void {
  for (const line of lines) {
    it(line.title, () => {
      const before = shipWith(line.before);
      const asItWas = structuredClone(before);
      if (line.refused === undefined) expectAfter(line, patch(line, before));
      else expectRefusal(line.refused, () => patch(line, before));
      expect(before, 'the ship passed in').to.deep.equal(asItWas);
    });
  }
}

function shipWith(attributes: JsonObject = {}): Resource {
  return { schemas: [shipUrn, registryUrn], name: 'Aurora', [registryUrn]: { port: 'Kiel' }, ...attributes };
}

function patch({ operations, profile = 'auto' }: ShipPatch, before: Resource): PatchedResource {
  return applyPatch(shipType, before, operations, { profile, unknownAttributes: 'drop' });
}

function expectAfter({ after, rules = [] }: ShipPatch, patched: PatchedResource): void {
  expect(patched.resource).to.deep.equal(shipWith(after));
  expect(patched.operations.flatMap((operation) => operation.rules)).to.have.members([...rules]);
}

function expectRefusal([scimType, detail]: NonNullable<ShipPatch['refused']>, work: () => unknown): void {
  expect(work)
    .to.throw(ScimError)
    .that.satisfies((error: ScimError) => {
      expect(error.message).to.include(detail);
      expect({ status: error.status, scimType: error.scimType }).to.deep.equal({ status: 400, scimType });
      return true;
    });
}
