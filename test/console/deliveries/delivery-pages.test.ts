import { expect } from 'chai';
import { deliveryPages } from '../../../src/console/deliveries/delivery-pages.ts';
import { userBody } from '../../support/provisioning-bench.ts';
import { PeopleBench } from '../../support/people-bench.ts';

describe('/console/deliveries', () => {
  it('groups the reasons of what was given up, and puts it back in the queue by reason or one by one', async () => {
    const bench = new PeopleBench(deliveryPages);
    for (const name of ['ines', 'omar', 'rhea'])
      await bench.provisioning.createUser(userBody(name, { preRegistration: true }));
    await bench.deliver();
    const [one, two, three] = [...bench.admin.outbox.deliveries.keys()];
    await bench.admin.end(one!, 'dead', '550 5.1.1 <script>alert(1)</script>');
    await bench.admin.end(two!, 'dead', '550 5.1.1 <script>alert(1)</script>');
    await bench.admin.end(three!, 'dead', '554 5.7.1 policy');
    const browser = await bench.signedIn();
    const { text } = await browser.get('/deliveries');
    expect(text).not.to.contain('<script>alert');
    const [, reason = ''] = /<span class="n">2<\/span>([^]*?)<\/li>/.exec(text) ?? [];
    expect(reason.replaceAll(/<[^>]*>/g, '')).to.contain('Their mail server says the mailbox is not there yet.');
    expect(reason).to.contain('<code><bdi>550 5.1.1 &lt;script');
    await browser.submit('/deliveries', { state: 'dead', reason: '554 5.7.1 policy' }, '/deliveries/requeue');
    expect(bench.admin.outbox.deliveries.get(three!)?.state).to.equal('queued');
    expect(bench.admin.outbox.deliveries.get(one!)?.state).to.equal('dead');
    await browser.submit('/deliveries', {}, `/deliveries/${one}/requeue`);
    expect(bench.admin.outbox.deliveries.get(one!)?.state).to.equal('queued');
    expect((await browser.get('/deliveries?state=queued')).text).to.contain('Invitation');
    const auditor = await bench.signedIn('auditor');
    expect((await auditor.get('/deliveries')).text).not.to.contain('/requeue');
  });

  it('puts back by what the replies of a reason have in common, and never a whole state by accident', async () => {
    const bench = new PeopleBench(deliveryPages);
    for (const name of ['ines', 'omar', 'rhea'])
      await bench.provisioning.createUser(userBody(name, { preRegistration: true }));
    await bench.deliver();
    const [one, two, three] = [...bench.admin.outbox.deliveries.keys()];
    await bench.admin.end(one!, 'dead', '550 <ines@harbour.example>: Recipient address rejected');
    await bench.admin.end(two!, 'dead', '550 <omar@harbour.example>: Recipient address rejected');
    await bench.admin.end(three!, 'dead', '554 5.7.1 policy');
    const browser = await bench.signedIn();
    expect((await browser.get('/deliveries')).text).to.match(/name="reason" value="&gt;: Recipient address rejected"/);
    await browser.submit('/deliveries', { state: 'dead', reason: '' }, '/deliveries/requeue');
    for (const id of [one, two, three]) expect(bench.admin.outbox.deliveries.get(id!)?.state).to.equal('dead');
    await browser.submit(
      '/deliveries',
      { state: 'dead', reason: '>: Recipient address rejected' },
      '/deliveries/requeue',
    );
    expect([one, two, three].map((id) => bench.admin.outbox.deliveries.get(id!)?.state)).to.deep.equal([
      'queued',
      'queued',
      'dead',
    ]);
  });
});
