import { expect } from 'chai';
import { systemClock } from '../../../src/base/clock.ts';
import { parseSettings } from '../../../src/config/parse-settings.ts';
import { secretsPage } from '../../../src/console/settings/secrets-page.ts';
import { secretOperations } from '../../../src/operations/access/secret-operations.ts';
import { KeptSecrets } from '../../../src/tenancy/kept-secrets.ts';
import { ConsoleBench } from '../../support/console-bench.ts';
import { MemoryNotes } from '../../support/memory-notes.ts';

const secret = 'whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD';

async function opened(role: 'owner' | 'admin' | 'auditor' | 'helpdesk' = 'owner') {
  const seal = { seal: (text: string) => `sealed ${text.length}`, open: (text: string) => text };
  const kept = new KeptSecrets(new MemoryNotes(() => systemClock.now()), seal, systemClock);
  const crm = { id: 'crm', url: 'https://crm.example/hooks', secrets: ['kept:used'], events: ['*'] };
  const settings = parseSettings({ webhooks: [crm] }).settings!;
  const bench = new ConsoleBench(secretsPage, secretOperations({ kept, settingsOf: () => settings }));
  await kept.keep('default', 'used', secret);
  return { kept, browser: await bench.signedIn(role) };
}

const namesOf = async (kept: KeptSecrets) => (await kept.list('default')).map(({ name }) => name);

describe('/console/secrets', () => {
  it('keeps a secret under a name, and never shows one', async () => {
    const { kept, browser } = await opened();
    expect((await browser.submit('/secrets', { name: 'sms', secret: ` ${secret} ` })).status).to.equal(303);
    expect(await namesOf(kept)).to.have.members(['sms', 'used']);
    const { text } = await browser.get('/secrets');
    expect(text).to.include('kept:sms').and.not.include('whsec_');
  });

  it('says what is wrong with a name or an empty secret, shows the name again and the secret not', async () => {
    const { kept, browser } = await opened();
    for (const fields of [
      { name: 'a name', secret },
      { name: 'good', secret: '  ' },
      { name: '', secret },
    ]) {
      const answer = await browser.submit('/secrets', fields);
      expect([answer.status, answer.text.includes('whsec_')], JSON.stringify(fields)).to.deep.equal([422, false]);
    }
    expect(await namesOf(kept)).to.deep.equal(['used']);
  });

  it('forgets one that nothing refers to, and no other', async () => {
    const { kept, browser } = await opened();
    await kept.keep('default', 'free', secret);
    expect((await browser.submit('/secrets', { name: 'free' }, '/secrets/forget')).status).to.equal(303);
    expect(await namesOf(kept)).to.deep.equal(['used']);
    expect((await browser.get('/secrets')).text).not.to.include('/console/secrets/forget');
    await kept.keep('default', 'free', secret);
    const refused = await browser.submit('/secrets', { name: 'used' }, '/secrets/forget');
    expect([refused.status, refused.text.includes('kept:used')]).to.deep.equal([422, true]);
    expect(await namesOf(kept)).to.have.members(['free', 'used']);
  });

  it('shows names alone to an auditor, and nothing to the helpdesk', async () => {
    const { kept, browser } = await opened('auditor');
    const page = await browser.get('/secrets');
    expect(page.text).to.include('kept:used').and.not.include('name="secret"');
    expect((await browser.post('/secrets', { name: 'sms', secret })).status).to.equal(403);
    expect(await namesOf(kept)).to.deep.equal(['used']);
    expect((await (await opened('helpdesk')).browser.get('/secrets')).status).to.equal(403);
  });
});
