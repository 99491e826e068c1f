import { expect } from 'chai';
import { AdministratorActions, type ActingAdministrator } from '../../src/administrators/administrator-actions.ts';
import type { ConsoleSession } from '../../src/administrators/console-sessions.ts';
import type { ScimError } from '../../src/scim/model/scim-error.ts';
import { ConsoleBench } from '../support/console-bench.ts';
import { MemoryLeases } from '../support/memory-notes.ts';

const byOwner: ActingAdministrator = { tenant: 'default', name: 'Ines', isOwner: true };
const byAdmin: ActingAdministrator = { tenant: 'default', name: 'Ada', isOwner: false };
const colleague = { email: 'ben@company.example', name: 'Ben', role: 'helpdesk' } as const;

function actionsOf(bench: ConsoleBench) {
  const mailed: string[] = [];
  const { notes, records, sessions, securityLog, hasher, clock } = bench;
  const leases = new MemoryLeases(clock.now);
  const mailInvitation = async ({ id }: { id: string }) => {
    mailed.push(id);
  };
  return {
    mailed,
    actions: new AdministratorActions({
      notes,
      leases,
      records,
      sessions,
      securityLog,
      hasher,
      clock,
      mailInvitation,
      mailReset: mailInvitation,
    }),
  };
}

async function statusOf(promise: Promise<unknown>): Promise<number> {
  return promise.then(
    () => 200,
    (error: ScimError) => error.status,
  );
}

describe('console accounts', () => {
  it('are invited by mail; the link makes a password once, within three days', async () => {
    const bench = new ConsoleBench();
    const { actions, mailed } = actionsOf(bench);
    const { id } = await actions.invite(byOwner, colleague);
    expect(mailed).to.deep.equal([id]);
    const { token = '' } = (await actions.links.newToken('default', id)) ?? {};
    for (let look = 0; look < 3; look += 1) expect((await actions.links.holder('default', token))?.id).to.equal(id);
    expect(await actions.links.holder('other', token), 'of another tenant').to.equal(undefined);
    const taken = await Promise.all([
      actions.links.accept('default', token, 'Ben', 'seven small boats at dawn'),
      actions.links.accept('default', token, 'Ben', 'eight small boats at dawn'),
    ]);
    expect(taken.filter((one) => one !== undefined)).to.have.length(1);
    expect(await actions.links.holder('default', token)).to.equal(undefined);
    const late = await actions.invite(byOwner, { ...colleague, email: 'late@company.example' });
    const old = await actions.links.newToken('default', late.id);
    bench.now += 3 * 86_400_000;
    expect(await actions.links.accept('default', old!.token, 'Late', 'seven small boats')).to.equal(undefined);
  });

  it('take no password again: not the present one, however it is typed, nor one of the last, by page or by link', async () => {
    const bench = new ConsoleBench();
    const { actions } = actionsOf(bench);
    const [first, second, third] = [
      'seven small boats at d\u00e9but',
      'eight small boats at dawn',
      'nine tall ships at noon',
    ];
    const { id } = await actions.invite(byOwner, colleague);
    const { token = '' } = (await actions.links.newToken('default', id)) ?? {};
    await actions.links.accept('default', token, 'Ben', first);
    const session = { id: `${id}/s`, tenant: 'default', administratorId: id } as ConsoleSession;
    const change = async (present: string, chosen: string) => {
      const administrator = (await bench.records.find('default', id))!;
      return bench.access.changePassword({ administrator, session }, present, chosen);
    };
    const reused = [{ rule: 'reused' }];
    expect(await change(first, first)).to.deep.equal(reused);
    expect(await change(first, first.normalize('NFD')), 'the same in other code points').to.deep.equal(reused);
    expect(await change(first, second)).to.deep.equal([]);
    expect(await change(second, first), 'the one before').to.deep.equal(reused);
    const { token: reset = '' } = (await actions.links.newToken('default', id, true)) ?? {};
    const holder = (await actions.links.holder('default', reset))!;
    for (const old of [first, second])
      expect(await bench.access.faultsOf(old, holder, 'default'), 'by a mailed link').to.deep.equal(reused);
    expect(await bench.access.faultsOf(third, holder, 'default')).to.deep.equal([]);
    await actions.links.accept('default', reset, 'Ben', third);
    expect(await change(third, second), 'of before the link').to.deep.equal(reused);
  }).timeout(20_000);

  it('get a new link when they are invited again, and the older one ends', async () => {
    const bench = new ConsoleBench();
    const { actions } = actionsOf(bench);
    const { id } = await actions.invite(byOwner, colleague);
    const old = await actions.links.newToken('default', id);
    await actions.inviteAgain(byOwner, id);
    expect(await actions.links.holder('default', old!.token)).to.equal(undefined);
  });

  it('have one address each, whatever its case', async () => {
    const { actions } = actionsOf(new ConsoleBench());
    await actions.invite(byOwner, colleague);
    expect(await statusOf(actions.invite(byOwner, { ...colleague, email: 'BEN@company.example' }))).to.equal(409);
    expect(await statusOf(actions.invite({ ...byOwner, tenant: 'other' }, colleague)), 'in another tenant').to.equal(
      200,
    );
  });

  it('that are owners are made, changed and removed by owners alone', async () => {
    const bench = new ConsoleBench();
    const { actions } = actionsOf(bench);
    await bench.administrator('owner');
    await bench.administrator('owner', { id: 'owner-2' });
    await bench.administrator('helpdesk');
    const tries = [
      actions.invite(byAdmin, { ...colleague, role: 'owner' }),
      actions.changeRole(byAdmin, 'helpdesk-1', 'owner'),
      actions.changeRole(byAdmin, 'owner-1', 'auditor'),
      actions.remove(byAdmin, 'owner-1'),
      actions.resetSecondFactor(byAdmin, 'owner-1'),
      actions.endSessions(byAdmin, 'owner-1'),
      actions.inviteAgain(byAdmin, 'owner-1'),
    ];
    expect(await Promise.all(tries.map(statusOf))).to.deep.equal(tries.map(() => 403));
    expect(await statusOf(actions.changeRole(byAdmin, 'helpdesk-1', 'auditor'))).to.equal(200);
    expect(await statusOf(actions.changeRole(byOwner, 'owner-2', 'auditor'))).to.equal(200);
  });

  it('keep an owner who can sign in, also when two owners demote each other at once', async () => {
    const bench = new ConsoleBench();
    const { actions } = actionsOf(bench);
    await bench.administrator('owner');
    await actions.invite(byOwner, { ...colleague, role: 'owner' });
    expect(await statusOf(actions.remove(byOwner, 'owner-1')), 'the other has not come yet').to.equal(409);
    await bench.administrator('owner', { id: 'owner-2' });
    const both = await Promise.all([
      statusOf(actions.changeRole(byOwner, 'owner-1', 'auditor')),
      statusOf(actions.changeRole(byOwner, 'owner-2', 'auditor')),
    ]);
    expect(both.sort()).to.deep.equal([200, 409]);
    expect(
      (await bench.records.list('default')).filter(({ role, passwordHash }) => role === 'owner' && passwordHash),
    ).to.have.length(1);
  });

  it('lose their sessions at once with their role, their second factor, or when they are removed', async () => {
    for (const act of [
      (actions: AdministratorActions) => actions.changeRole(byOwner, 'admin-1', 'auditor'),
      (actions: AdministratorActions) => actions.resetSecondFactor(byOwner, 'admin-1'),
      (actions: AdministratorActions) => actions.remove(byOwner, 'admin-1'),
      (actions: AdministratorActions) => actions.endSessions(byOwner, 'admin-1'),
    ]) {
      const bench = new ConsoleBench();
      const { cookie } = await bench.signedIn('admin');
      expect((await bench.access.current(cookie))?.administrator.id).to.equal('admin-1');
      await act(actionsOf(bench).actions);
      expect(await bench.access.current(cookie)).to.equal(undefined);
    }
  });

  it('get back in by a mailed link that makes another password: once, for an hour, five times a day', async () => {
    const bench = new ConsoleBench();
    const { actions, mailed } = actionsOf(bench);
    const { id, email } = await bench.administrator('owner');
    const place = { address: '192.0.2.1', browser: 'test' };
    await bench.sessions.begin({ tenant: 'default', id }, 'full', ['password'], place);
    await actions.links.forgot('default', 'nobody@company.example');
    await actions.links.forgot('other', email);
    expect(mailed).to.deep.equal([]);
    for (let ask = 0; ask < 7; ask += 1) await actions.links.forgot('default', email.toUpperCase());
    expect(mailed).to.deep.equal([id, id, id, id, id]);
    expect(await actions.links.newToken('default', id), 'an invitation is for who has no password').to.equal(undefined);
    const { token = '' } = (await actions.links.newToken('default', id, true)) ?? {};
    const other = await actions.links.newToken('default', id, true);
    expect((await actions.links.holder('default', token))?.id).to.equal(id);
    expect(await actions.links.accept('default', token, 'Ines', 'nine quiet herons by the weir')).to.include({ id });
    expect(await bench.sessions.list('default', id), 'sessions end').to.deep.equal([]);
    for (const spent of [token, other!.token])
      expect(await actions.links.accept('default', spent, 'Ines', 'ten quiet herons by the weir')).to.equal(undefined);
    const late = await actions.links.newToken('default', id, true);
    bench.now += 3_600_000;
    expect(await actions.links.holder('default', late!.token)).to.equal(undefined);
    const again = await bench.access.signIn('default', email, 'nine quiet herons by the weir', place);
    expect(again, 'the second factor is asked for as ever').to.include({ outcome: 'done', stage: 'factor' });
  });

  it('that run the installation are changed by their like alone, stay owners, and one of them stays', async () => {
    const bench = new ConsoleBench();
    const { actions } = actionsOf(bench);
    const operator = await bench.administrator('owner', { id: 'operator-1', operator: true });
    await bench.administrator('owner', { id: 'owner-2' });
    const byOperator = { ...byOwner, isOperator: true };
    for (const by of [byOwner, byAdmin]) {
      expect(await statusOf(actions.changeRole(by, operator.id, 'auditor'))).to.equal(403);
      expect(await statusOf(actions.resetSecondFactor(by, operator.id))).to.equal(403);
      expect(await statusOf(actions.endSessions(by, operator.id))).to.equal(403);
      expect(await statusOf(actions.inviteAgain(by, operator.id))).to.equal(403);
      expect(await statusOf(actions.remove(by, operator.id))).to.equal(403);
    }
    expect(await statusOf(actions.changeRole(byOperator, operator.id, 'auditor'))).to.equal(409);
    expect(await statusOf(actions.remove(byOperator, operator.id)), 'the last one').to.equal(409);
    await bench.administrator('owner', { id: 'operator-2', operator: true });
    expect(await statusOf(actions.remove(byOperator, operator.id))).to.equal(200);
  });
});
