import { expect } from 'chai';
import { cleanReply } from '../../../src/notify/delivery/clean-reply.ts';
import { judgeReply } from '../../../src/notify/delivery/judge-reply.ts';
import { realReplies } from './real-replies.ts';

describe('judgeReply', () => {
  for (const [host, means, reply] of realReplies) {
    it(`${host}: ${reply.slice(0, 90)} … means ${means}`, () => {
      expect(judgeReply(reply).means).to.equal(means);
      expect(judgeReply(cleanReply(reply, { secrets: [] })).means, 'cleaned').to.equal(means);
    });
  }
  it('says what to do wherever the trouble is ours', () => {
    for (const [, means, reply] of realReplies)
      expect(typeof judgeReply(reply).advice, reply).to.equal(means === 'account' ? 'string' : 'undefined');
  });
});
