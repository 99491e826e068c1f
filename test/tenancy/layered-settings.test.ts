import { expect } from 'chai';
import { layered, namedSettings, overlap, patched, withoutSetting } from '../../src/tenancy/layered-settings.ts';
import type { JsonObject } from '../../src/base/json.ts';

describe('settings in layers', () => {
  it('join objects and replace everything else', () => {
    expect(layered({ a: { b: 1, c: [1] }, d: 1 }, { a: { c: [2] }, e: null })).to.deep.equal({
      a: { b: 1, c: [2] },
      d: 1,
      e: null,
    });
  });

  it('are patched by RFC 7396, and keep no empty objects', () => {
    expect(patched({ a: { b: 1, c: 2 }, d: 1 }, { a: { b: null }, d: null, e: { f: 1 } })).to.deep.equal({
      a: { c: 2 },
      e: { f: 1 },
    });
    expect(patched({ a: { b: 1 } }, { a: { b: null }, x: {} })).to.deep.equal({});
    expect(patched({}, { a: [{ b: null }] })).to.deep.equal({ a: [{ b: null }] });
  });

  it('take __proto__ for a name like any other', () => {
    const patch = JSON.parse('{"__proto__": {"polluted": true}, "constructor": {"prototype": 1}}') as JsonObject;
    for (const result of [patched({}, patch), layered({}, patch), layered(patch, patch)]) {
      expect(JSON.stringify(result)).to.equal(JSON.stringify(patch));
      expect(({} as Record<string, unknown>)['polluted']).to.equal(undefined);
    }
  });

  it('are named by pointers, a list as one', () => {
    expect(namedSettings({ a: { b: 1, 'c/d': {} }, e: [{ f: 1 }], g: null })).to.deep.equal([
      '/a/b',
      '/a/c~1d',
      '/e',
      '/g',
    ]);
    expect([overlap('/a', '/a/b'), overlap('/a/b', '/a'), overlap('/a', '/ab'), overlap('/a', '/a')]).to.deep.equal([
      true,
      true,
      false,
      true,
    ]);
  });

  it('lose what a pointer names, the element of a list, or the innermost value around it', () => {
    const settings = { a: { b: 1, c: 2 }, list: [{ id: 1 }, { id: 2 }], d: 1 };
    expect(withoutSetting(settings, '/a/b')).to.deep.equal({ ...settings, a: { c: 2 } });
    expect(withoutSetting(settings, '/list/0/url')).to.deep.equal({ ...settings, list: [{ id: 2 }] });
    expect(withoutSetting(settings, '/a/x')).to.deep.equal({ list: settings.list, d: 1 });
    expect(withoutSetting(settings, '/z')).to.equal(settings);
  });
});
