import { expect } from 'chai';
import { erasePage } from '../../../src/console/erasure/erase-page.ts';
import { exportPerson } from '../../../src/console/erasure/export-person.ts';
import { operation } from '../../../src/operations/operation.ts';
import { NotFoundError } from '../../../src/scim/model/scim-error.ts';
import { ConsoleBench } from '../../support/console-bench.ts';
import { faultAt, withInes } from '../../support/console-person.ts';

const evil = `"><script>alert(1)</script>`;
const plan = { id: 'u1', person: 'present', events: 3, messages: 1, values: 5, administrators: ['a1'] };
const counts = { events: 3, messages: 1, calls: 2, notes: 0, answers: 0, reports: 0 };

function erasing() {
  const erased: string[] = [];
  const bench = new ConsoleBench(
    (site) => {
      erasePage(site);
      exportPerson(site);
    },
    {
      getUser: operation(({ id }) => {
        if (id !== 'u1') throw new NotFoundError('There is no such person.');
        return { body: { user: { id, userName: evil, active: true } } };
      }),
      eraseUser: operation<unknown, { readonly dryRun?: boolean }>(({ id, query }) => {
        if (query.dryRun === true) return { body: { id, plan: id === 'u1' ? plan : { ...plan, person: 'deleted' } } };
        erased.push(id);
        return { body: { id, state: 'done', startedAt: '2026-11-30T10:00:00.000Z', erased: counts } };
      }),
      getErasure: operation(({ id }) => ({
        body: {
          id,
          state: 'done',
          startedAt: '2026-11-30T10:00:00.000Z',
          endedAt: '2026-11-30T10:00:01.000Z',
          erased: counts,
        },
      })),
    },
  );
  return { bench, erased };
}

describe('/console/people/{id}/erase', () => {
  it('tells what it does to this person, and erases nobody until the name is typed', async () => {
    const { bench, erased } = erasing();
    const browser = await bench.signedIn('admin');
    const { text } = await browser.get('/people/u1/erase');
    expect(text)
      .to.contain('3 events of the audit keep their place')
      .and.to.contain('One message to them is erased.')
      .and.to.contain('One console account has their address. It stays.')
      .and.not.to.contain('<script>alert');
    const wrong = await browser.submit('/people/u1/erase', { confirm: 'somebody else' });
    expect([wrong.status, faultAt(wrong.text, 'confirm')]).to.deep.equal([
      422,
      'That is not what is asked for. Nothing was erased.',
    ]);
    expect(erased).to.deep.equal([]);
    const done = await browser.submit('/people/u1/erase', { confirm: evil });
    expect(done.headers['location']).to.contain('/console/people/u1/erased');
    expect(erased).to.deep.equal(['u1']);
    expect((await browser.get('/people/u1/erased')).text).to.contain('Webhooks were told');
  });

  it('erases a deleted person by their id', async () => {
    const { bench, erased } = erasing();
    const browser = await bench.signedIn('owner');
    await browser.submit('/people/gone/erase', { confirm: 'gone' });
    expect(erased).to.deep.equal(['gone']);
  });

  it('is for owners and admins alone', async () => {
    const { bench } = erasing();
    for (const role of ['helpdesk', 'auditor'] as const)
      expect((await (await bench.signedIn(role)).get('/people/u1/erase')).status).to.equal(403);
  });
});

describe('/console/people/{id}/export.jsonl', () => {
  it('gives all that is kept of one person, a thing a line, and no secret', async () => {
    const { id, browser } = await withInes();
    const { status, headers, text } = await browser.get(`/people/${id}/export.jsonl`);
    expect(status).to.equal(200);
    expect(headers['content-disposition']).to.contain('attachment');
    const lines = text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { readonly kind: string; readonly value: { readonly user?: object } });
    expect(lines[0]?.kind).to.equal('person');
    expect(lines[0]?.value.user).to.include({ id, userName: 'ines' });
    expect(text).not.to.contain('passwordHash').and.not.to.contain('tokenHash');
    expect((await browser.get('/people/nobody/export.jsonl')).status).to.equal(404);
  });
});
