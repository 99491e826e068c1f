import { expect } from 'chai';
import { mongo } from 'mongoose';
import { StoreUnavailableError } from '../../../../src/provisioning/records/resource-store.ts';
import { translateError } from '../../../../src/store/mongo/commands/database-errors.ts';

const answer = (code: number, labels: readonly string[] = []): mongo.MongoServerError => {
  const error = new mongo.MongoServerError({ ok: 0, code, errmsg: `code ${code}` });
  for (const label of labels) error.addErrorLabel(label);
  return error;
};

describe('MongoDB: an error of the database', () => {
  for (const code of [
    1, 8, 70, 96, 125, 279, 384, 9_999, 13, 18, 24, 43, 46, 50, 64, 91, 112, 133, 134, 189, 202, 262, 8000, 10107,
    11600, 11601, 11602,
  ])
    it(`says that the same may succeed later: code ${code}`, () => {
      expect(translateError(answer(code))).to.be.instanceOf(StoreUnavailableError);
    });

  for (const label of ['RetryableWriteError', 'TransientTransactionError', 'SystemOverloadedError'])
    it(`says so by its label, whatever its code: ${label}`, () => {
      expect(translateError(answer(4_242, [label]))).to.be.instanceOf(StoreUnavailableError);
    });

  for (const code of ['EPIPE', 'ECONNRESET', 'ECONNREFUSED', 'ETIMEDOUT', 'EAI_AGAIN', 'ENOTFOUND', 'EHOSTUNREACH'])
    it(`says so of the network, bare or as a cause: ${code}`, () => {
      const network = Object.assign(new Error(`write ${code}`), { code });
      expect(translateError(network)).to.be.instanceOf(StoreUnavailableError);
      expect(translateError(new mongo.MongoRuntimeError('failed', { cause: network }))).to.be.instanceOf(
        StoreUnavailableError,
      );
    });

  it('is a fault of ours where nothing says so', () => {
    for (const error of [answer(9), answer(121), answer(171), new TypeError('undefined is not a function')])
      expect(translateError(error)).to.equal(error);
  });
});
