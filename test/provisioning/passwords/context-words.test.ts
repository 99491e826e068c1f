import { expect } from 'chai';
import { loadSettings } from '../../../src/config/load-settings.ts';
import type { Resource } from '../../../src/scim/model/resource.ts';
import { contextWords } from '../../../src/provisioning/passwords/context-words.ts';
import { checkPassword } from '../../../src/provisioning/passwords/password-policy.ts';

const settings = { ...loadSettings(undefined), productName: 'Harbour Portal' };

const resource: Resource = {
  schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'],
  id: '0191',
  userName: 'iokoro77@wharf.example',
  name: { givenName: 'Ines', familyName: 'Okoro-Müller', middleName: 'Adaeze' },
  displayName: 'Ines Okoro-Müller',
  title: 'Crane Operator',
  userType: 'Contractor',
  emails: [{ value: 'adaeze.okoro@wharf.example', type: 'work' }],
  phoneNumbers: [{ value: 'tel:+49-151-2345-6789' }],
  addresses: [{ locality: 'Bremerhaven', streetAddress: 'Lange Strasse 12' }],
  'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User': {
    employeeNumber: 'WH-104233',
    department: 'Container Logistics',
    organization: 'Wharf & Sons',
    costCenter: 'quay4711',
    manager: { value: '0190' },
  },
  'urn:example:badge:2.0:User': { badge: { code: 'sealskin' } },
};
const manager: Resource = { displayName: 'Thaddeus Kowalczyk', userName: 'tkowal@wharf.example' };
const words = contextWords(resource, settings, manager);
const rules = (password: string) => checkPassword(password, settings, words).map(({ rule }) => rule);

describe('what others know about a person', () => {
  for (const password of [
    'Ines-Adaeze-Okoro',
    'okoromueller2031',
    'OkoroMullerOkoro!',
    'iokoro77iokoro77',
    'adaeze.okoro@wharf.example',
    'Container Logistics',
    'ContainerLogistics2026!',
    'C0nta1ner_L0gist1c$',
    'scitsigolreniatnoc',
    'craneoperator1234',
    'Wharf & Sons & Wharf',
    'Bremerhaven2026!!!!',
    'WH-104233-WH-104233',
    '+49 151 2345 6789',
    '01512345678901512',
    '0151/23456789Ines',
    'quay4711quay4711',
    'sealskinsealskin',
    'ThaddeusKowalczyk',
    'k0walczyk.thaddeu5',
    'Harbour Portal 2026',
    'I n e s  O k o r o  I n e s',
    'Contractor20262026!!',
    'ines password 2026',
  ]) {
    it(`is no password: ${password}`, () => {
      expect(rules(password)).to.deep.equal(['personal']);
    });
  }

  for (const password of [
    'cranes rest upon purple ice',
    'Ines sails past harbours at dusk',
    'wobbly kettle of logistics fog',
    'seven owls at 47 midnight',
  ]) {
    it(`may be a part of one: ${password}`, () => {
      expect(rules(password)).to.deep.equal([]);
    });
  }

  // Ten milliseconds or so; the bound leaves room for a busy machine.
  it('is looked for in bounded time, however much a record holds', () => {
    const long = Array.from({ length: 200_000 }, (_, index) => `w${index.toString(36)}`).join(' ');
    const heaps: Resource[] = [
      { ...resource, displayName: long, nickName: 'x'.repeat(1_000_000), title: '\u0301'.repeat(500_000) },
      { ...resource, emails: Array.from({ length: 20_000 }, (_, index) => ({ value: `a${index}@b${index}.example` })) },
      { ...resource, phoneNumbers: Array.from({ length: 20_000 }, (_, index) => ({ value: `0151${index}00000` })) },
      { ...resource, 'urn:example:heap:2.0:User': { list: Array.from({ length: 50_000 }, (_, index) => `h${index}`) } },
    ];
    const passwords = [
      'aA1!'.repeat(64),
      '1'.repeat(256),
      '\ufdfa'.repeat(256),
      '0151-'.repeat(51),
      '\u0301'.repeat(256),
    ];
    for (const heap of heaps) {
      for (const password of passwords) {
        const begun = performance.now();
        checkPassword(password, settings, contextWords(heap, settings, heap));
        expect(performance.now() - begun, password.slice(0, 5)).to.be.below(500);
      }
      expect(checkPassword('Ines Okoro Ines Okoro', settings, contextWords(heap, settings))).to.deep.include({
        rule: 'personal',
      });
    }
  });
});

describe('famous passwords', () => {
  for (const password of [
    'correcthorsebatterystaple',
    'Correct Horse Battery Staple',
    'correct-horse-battery-staple1!',
    'incorrecthorsebatterystaple',
    'c0rrecth0rsebatterystap1e',
    'thequickbrownfoxjumpsoverthelazydog',
    'To be, or not to be: that is the question',
    'MayTheForceBeWithYou!',
    'this is my password',
    'ThisIsMyP@ssw0rd',
    'LetMeInLetMeIn2026',
    'Zwölf Boxkämpfer jagen Viktor',
    'Das ist mein Passwort',
    'いろはにほへと いろはにほへと！',
  ]) {
    it(`are refused: ${password}`, () => {
      expect(rules(password)[0]).to.equal('common');
    });
  }
});
