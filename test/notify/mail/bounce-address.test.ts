import { expect } from 'chai';
import { bounceAddressOf, deliveryIdsIn } from '../../../src/notify/mail/bounce-address.ts';

const id = '0198c0de-1234-7abc-8def-0123456789ab';

describe('bounceAddressOf and deliveryIdsIn', () => {
  for (const template of ['invitation', 'invitationCode', 'passwordChanged', 'reminder.24']) {
    it(`finds the way back from the address of ${template}, whatever became of its capitals`, () => {
      const address = bounceAddressOf('bounces@mail.example', `<${id}.${template}@keys.example>`);
      expect(address).to.match(/^bounces\+[^@]{1,56}@mail\.example$/);
      expect(deliveryIdsIn(address)).to.deep.equal([`${id}.${template}`]);
      expect(deliveryIdsIn(address.toUpperCase().toLowerCase())).to.deep.equal([`${id}.${template}`]);
    });
  }

  it('finds ids in Message-IDs and header fields, in order', () => {
    expect(
      deliveryIdsIn(`References: <${id}.invitationCode@keys.example> <${id}.password@keys.example>`),
    ).to.deep.equal([`${id}.invitationCode`, `${id}.password`]);
    expect(deliveryIdsIn(`${id}.recovery`)).to.deep.equal([`${id}.recovery`]);
  });

  it('finds none where there is none', () => {
    for (const text of ['', 'bounces@mail.example', `<${id}@keys.example>`, '<20260101.abc@mail.example>'])
      expect(deliveryIdsIn(text)).to.deep.equal([]);
  });
});
