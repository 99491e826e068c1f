import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect } from 'chai';
import { JsonFile } from '../../src/base/json-file.ts';
import type { JsonObject } from '../../src/base/json.ts';
import { packageFile } from '../../src/base/package-root.ts';
import { jsonSchemaOf } from '../../src/scim/validate/resource-json-schema.ts';
import { groupType, userType } from '../support/resource-types.ts';

describe('JsonFile', () => {
  let folder = '';
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'latchkey-json-'));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  const read = (text: string): JsonFile => {
    const path = join(folder, 'file.json');
    writeFileSync(path, text);
    return new JsonFile(path);
  };

  it('gives the value, and the line of every place in it', () => {
    const file = read('\uFEFF{\n "a": 1,\n "b/c": [\n  true,\n  {"d": null}\n ]\n}\n');
    expect(file.value).to.deep.equal({ a: 1, 'b/c': [true, { d: null }] });
    expect(file.faults).to.deep.equal([]);
    const lines = { '': 1, '/a': 2, '/b~1c': 3, '/b~1c/0': 4, '/b~1c/1/d': 5, '/b~1c/1/absent': 5, '/absent': 1 };
    for (const [pointer, line] of Object.entries(lines)) {
      expect(file.fault(pointer, 'is wrong'), pointer).to.deep.equal({
        file: file.path,
        line,
        pointer,
        message: 'is wrong',
      });
    }
  });

  it('says on which line it stops being JSON', () => {
    const wrong = {
      '{\n "a": 1,\n}': [3, /property name expected/],
      '{\n "a" 1}': [2, /colon expected/],
      '{\n // no\n}': [2, /comment/],
      '': [1, /value expected/],
      '{"a": "\n"}': [1, /end of string/],
      '[1]\n]': [2, /end of file expected/],
    } as const;
    for (const [text, [line, message]] of Object.entries(wrong)) {
      const { value, faults } = read(text);
      expect(value, text).to.equal(undefined);
      expect(faults, text).to.have.lengthOf(1);
      expect(faults[0], text)
        .to.include({ line, pointer: '' })
        .and.have.property('message')
        .that.matches(/^is not JSON/)
        .and.matches(message);
    }
  });

  it('says that a file cannot be read', () => {
    const { value, faults } = new JsonFile(join(folder, 'absent.json'));
    expect(value).to.equal(undefined);
    expect(faults[0])
      .to.include({ line: 1 })
      .and.have.property('message')
      .that.matches(/^cannot be read: ENOENT/);
  });
});

// A start does not look (`shippedSchema`).
describe('the schemas that ship', () => {
  const schemaIn = (path: string): JsonObject => JSON.parse(readFileSync(packageFile(path), 'utf8')) as JsonObject;

  for (const path of [
    'schemas/mapping.schema.json',
    'schemas/scim-definition.schema.json',
    'schemas/settings.schema.json',
    'locales/locale.schema.json',
  ]) {
    it(`${path} is JSON Schema`, () => {
      const ajv = new Ajv({ strict: false });
      expect(ajv.validateSchema(schemaIn(path)), ajv.errorsText()).to.equal(true);
    });
  }

  it('every schema in schemas/openapi.json is JSON Schema', () => {
    const ajv = new Ajv2020({ strict: false });
    const { components } = schemaIn('schemas/openapi.json') as { components: { schemas: Record<string, JsonObject> } };
    expect(Object.keys(components.schemas)).to.have.lengthOf.above(5);
    for (const [name, schema] of Object.entries(components.schemas))
      expect(ajv.validateSchema(schema), `${name}: ${ajv.errorsText()}`).to.equal(true);
  });

  it('what a resource type is validated by is JSON Schema', () => {
    const ajv = new Ajv();
    for (const type of [userType, groupType]) {
      for (const context of ['create', 'replace', 'partial'] as const) {
        expect(
          ajv.validateSchema(jsonSchemaOf(type, context)),
          `${type.name} ${context}: ${ajv.errorsText()}`,
        ).to.equal(true);
      }
    }
  });
});
