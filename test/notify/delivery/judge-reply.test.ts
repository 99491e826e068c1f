import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { cleanReply } from '../../../src/notify/delivery/clean-reply.ts';
import { judgeReply } from '../../../src/notify/delivery/judge-reply.ts';
import { packageFile } from '../../../src/base/package-root.ts';
import { realReplies } from './real-replies.ts';

type Sample = (typeof realReplies)[number];

/** Gathered to measure the rules by: host, meaning, reply. */
const further = JSON.parse(readFileSync(packageFile('test/samples/smtp-replies.json'), 'utf8')) as Sample[];
const samples: readonly Sample[] = [...realReplies, ...further];

describe('judgeReply', () => {
  for (const [host, means, reply] of samples) {
    it(`${host}: ${reply.slice(0, 90)} … means ${means}`, () => {
      expect(judgeReply(reply).means).to.equal(means);
      expect(judgeReply(cleanReply(reply, { secrets: [] })).means, 'cleaned').to.equal(means);
    });
  }
  it('says what to do wherever the trouble is ours', () => {
    for (const [, means, reply] of samples)
      expect(typeof judgeReply(reply).advice, reply).to.equal(means === 'account' ? 'string' : 'undefined');
  });
  it('takes a tenth of a second for the longest reply at most', () => {
    for (const filler of ['recipient ', 'mailbox not ', 'sending account ', 'a', 'message to ', '-1.2.3 ', 'ip ']) {
      const from = process.cpuUsage();
      judgeReply(`550 ${filler.repeat(100_000 / filler.length)}`);
      const { user, system } = process.cpuUsage(from);
      expect((user + system) / 1000, filler).to.be.below(100);
    }
  });
});
