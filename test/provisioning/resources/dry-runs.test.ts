import { expect } from 'chai';
import type { JsonObject } from '../../../src/base/json.ts';
import { latchkeyUrn } from '../../../src/provisioning/user/latchkey-extension.ts';
import type { DryRunReport } from '../../../src/scim/port/dry-run.ts';
import { validateResource } from '../../../src/scim/validate/validate-resource.ts';
import { noWants, ProvisioningBench, type SettingsPatch, tenant, userBody } from '../../support/provisioning-bench.ts';
import { userType } from '../../support/resource-types.ts';

const names = ({ rules }: DryRunReport): string[] => rules.map((rule) => rule.slice(0, rule.indexOf(':')));

describe('a dry run', () => {
  let bench: ProvisioningBench;
  const start = (patch: SettingsPatch = {}): void => {
    bench = new ProvisioningBench(patch);
  };
  const context = { dryRun: true };
  const create = async (body: JsonObject, more = {}): Promise<DryRunReport> => {
    const { resource } = validateResource(userType, body, { context: 'create', unknownAttributes: 'drop' });
    return (await bench.service.create(bench.context({ ...context, ...more }), userType, resource, noWants)).dryRun!;
  };
  const patch = async (id: string, values: JsonObject): Promise<DryRunReport> =>
    (
      await bench.service.patch(
        bench.context(context),
        userType,
        id,
        [{ op: 'replace', value: { [latchkeyUrn]: values } }],
        {},
        noWants,
      )
    ).representation.dryRun!;

  it('tells of an invitation what is sent, to whom and when, with no secret in it, and stores nothing', async () => {
    start();
    const report = await create(userBody('ines', { preRegistration: true }));
    expect(report.deliveries).to.have.lengthOf(1);
    expect(report.deliveries[0]).to.include({
      channel: 'email',
      template: 'invitation',
      to: 'ines@mail.example',
      notBefore: '2031-05-06T07:08:09.000Z',
      subject: 'invitation',
    });
    expect(report.deliveries[0]?.text)
      .to.include('https://keys.example/set-password?token=••••••••')
      .and.include('2031-05-07T07:08:09.000Z');
    expect(names(report)).to.deep.equal(['preRegistration', 'lockUntilPasswordSet', 'reminderHours']);
    expect(bench.store.events).to.deep.equal([]);
    expect(bench.due()).to.deep.equal([]);
  });

  it('waits for the start date and then for the morning', async () => {
    start({ onboarding: { quietHours: { from: '20:00', to: '08:00' }, leadDays: 1 } });
    const report = await create(
      userBody('ines', {
        preRegistration: true,
        startDate: '2031-05-10T02:00:00Z',
        notificationEmail: 'me@home.example',
      }),
    );
    expect(report.deliveries[0]).to.include({
      to: 'me@home.example',
      notBefore: '2031-05-09T08:00:00.000Z',
      reason: 'the start date has not come',
    });
    expect(names(report)).to.include.members(['startDate', 'wait']);
  });

  it('shows no password, given or generated', async () => {
    start();
    const given = await create(userBody('ines', { sendPassword: true }, { password: 'Right-Password-1' }));
    expect(given.deliveries[0]).to.include({ template: 'password' });
    expect(JSON.stringify(given)).to.include('••••••••').and.not.include('Right-Password-1');
    expect(names(given)).to.include.members(['sendPassword', 'password']);
    expect((await create(userBody('uma', { sendPassword: true }))).rules[0]).to.match(/^sendPassword: .*generated/);
  });

  it('shows no link that would reveal a password', async () => {
    start({ onboarding: { mailedPassword: 'reveal' } });
    const report = await create(userBody('ines', { sendPassword: true }, { password: 'Right-Password-1' }));
    expect(report.deliveries[0])
      .to.include({ template: 'passwordReveal' })
      .and.have.property('text')
      .that.includes('/reveal-password?token=••••••••');
    expect(report.rules.join())
      .to.include('shows the password that was given once')
      .and.not.include('Right-Password-1');
  });

  it('says why nothing is sent', async () => {
    start({ passwords: { fromClients: 'drop' } });
    const report = await create({
      ...userBody('ines', { preRegistration: true }, { password: 'Right-Password-1' }),
      emails: [],
    });
    expect(report.deliveries).to.deep.equal([]);
    expect(names(report)).to.include.members(['noAddress', 'password']);
    expect(names(await create(userBody('uma')))).to.deep.equal([]);
  });

  it('tells of changes to a user who exists, and leaves version and events alone', async () => {
    start();
    const id = await bench.createUser(userBody('ines', { preRegistration: true }));
    await bench.deliver();
    const [version, events] = [await bench.version(id), bench.store.events.length];
    expect(names(await patch(id, { resend: 'once more' }))).to.include('restart');
    expect(names(await patch(id, { preRegistration: false }))).to.include('cancelled');
    expect(names(await patch(id, { preRegistration: true }))).to.deep.equal(['unchanged']);
    expect(names((await bench.service.remove(bench.context(context), userType, id, {}))!)).to.deep.equal([
      'removed',
      'cancelled',
    ]);
    expect([await bench.version(id), bench.store.events.length]).to.deep.equal([version, events]);
    expect((await bench.store.get(tenant, 'User', id))?.version).to.equal(version);
  });

  it('refuses what the write would refuse', async () => {
    start();
    await bench.createUser(userBody('ines'));
    const refusal = await create(userBody('INES')).catch((error: unknown) => error);
    expect(refusal).to.have.property('scimType', 'uniqueness');
  });
});
