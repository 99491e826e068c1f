import { expect } from 'chai';
import { IdempotentReplies } from '../../../src/provisioning/resources/idempotent-replies.ts';
import { MemoryStore } from '../../support/memory-store.ts';

const attempt = (key: string) => ({ key, digest: `digest of ${key}` });

describe('KeptAnswers', () => {
  it('forgets what is older than it is to be, however much that is', async () => {
    let now = Date.parse('2031-05-06T07:08:09.000Z');
    const answers = new IdempotentReplies(new MemoryStore(), { now: () => new Date(now), newId: () => 'unused' });
    for (let index = 0; index < 250; index += 1) await answers.keep('acme', attempt(`old ${index}`), { index });
    now += 1000;
    await answers.keep('acme', attempt('young'), { body: 'kept' });
    await answers.purge('acme', new Date(now).toISOString());
    for (const index of [0, 99, 100, 249])
      expect(await answers.earlier('acme', attempt(`old ${index}`))).to.equal(undefined);
    expect(await answers.earlier('acme', attempt('young'))).to.deep.equal({ body: 'kept' });
  });
});
