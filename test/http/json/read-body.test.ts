import { expect } from 'chai';
import { maxBodyBytes, readBody } from '../../../src/http/json/read-body.ts';
import { atOnce } from '../../../src/base/cooperative.ts';
import { ScimError } from '../../../src/scim/model/scim-error.ts';

describe('readBody', () => {
  const read = (text: string | Buffer, type?: string) =>
    atOnce(readBody(Buffer.from(text as string), type === undefined ? {} : { 'content-type': type }));
  const refusal = (text: string | Buffer, type?: string): ScimError => {
    try {
      read(text, type);
    } catch (cause) {
      if (cause instanceof ScimError) return cause;
      throw cause;
    }
    throw new Error('the body was taken');
  };

  for (const type of [
    'application/scim+json',
    'application/json; charset=utf-8',
    'APPLICATION/SCIM+JSON; charset="UTF-8"',
    'text/plain',
    '*/*',
    undefined,
  ]) {
    it(`takes JSON labelled ${type}`, () => expect(read('{"a":1}', type)).to.deep.equal({ a: 1 }));
  }

  it('answers undefined for no body', () => expect(read('')).to.equal(undefined));

  for (const type of [
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'application/xml',
    'application/json; charset=utf-16',
  ]) {
    it(`refuses ${type} with 415 and says what to send`, () => {
      expect(refusal('{}', type)).to.include({ status: 415 }).and.have.property('message').that.matches(/send/);
    });
  }

  it('refuses more values, and more attributes of one object, than can be read without holding up others', () => {
    const keys = (count: number) => `{${Array.from({ length: count }, (_, index) => `"k${index}":1`).join()}}`;
    expect(refusal(`[${Array(300_001).fill('1').join()}]`))
      .to.include({ status: 413 })
      .and.have.property('message')
      .that.matches(/300000 values/);
    expect(refusal(keys(2001)))
      .to.include({ status: 413 })
      .and.have.property('message')
      .that.matches(/2000 attributes/);
    expect(Object.keys(read(keys(2000)) as object)).to.have.length(2000);
    expect(read(`[${Array(250_000).fill('"[{,"').join()}]`)).to.have.length(250_000);
  });

  const broken: Record<string, string | Buffer> = {
    'broken UTF-8': Buffer.from([0x22, 0xc3, 0x28, 0x22]),
    'an overlong sequence': Buffer.from([0x22, 0xc0, 0xaf, 0x22]),
    'half a document': '{"password":"secret',
    'single quotes': "{'a':1}",
    'deep arrays': '['.repeat(65),
    'deep objects': '{"a":'.repeat(70),
  };
  for (const [name, body] of Object.entries(broken)) {
    it(`refuses ${name} with invalidSyntax and quotes nothing of it`, () => {
      const error = refusal(body);
      expect(error).to.include({ status: 400, scimType: 'invalidSyntax' });
      expect(error.message).not.to.match(/secret/);
    });
  }

  it('does not count brackets inside strings', () => expect(read(JSON.stringify('["'.repeat(500)))).to.be.a('string'));

  it('refuses the largest nest quickly', () => {
    const error = refusal('['.repeat(maxBodyBytes));
    expect(error.message).to.match(/nests deeper/);
  });
});
