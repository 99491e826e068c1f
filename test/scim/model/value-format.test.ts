import { expect } from 'chai';
import { isBase64, isDateTime, isText } from '../../../src/scim/model/value-format.ts';

describe('value formats', () => {
  const dateTimes: Record<string, boolean> = {
    '2031-05-06T07:08:09Z': true,
    '2031-05-06T07:08:09.1234567Z': true,
    '2031-05-06T07:08:09+05:30': true,
    '2031-05-06T07:08:09-14:00': true,
    '2032-02-29T00:00:00Z': true,
    '2000-02-29T00:00:00Z': true,
    '2031-02-29T00:00:00Z': false,
    '2100-02-29T00:00:00Z': false,
    '2031-04-31T00:00:00Z': false,
    '2031-13-01T00:00:00Z': false,
    '2031-00-01T00:00:00Z': false,
    '2031-01-00T00:00:00Z': false,
    '2031-05-06T24:00:00Z': true,
    '2031-05-06T24:00:01Z': false,
    '2031-05-06t07:08:09z': false,
    '2031-05-06T07:60:00Z': false,
    '2031-05-06T07:08:60Z': false,
    '2031-05-06T07:08:09+14:01': false,
    '2031-05-06T07:08:09+05:60': false,
    '2031-05-06T07:08:09': false,
    '2031-05-06': false,
    '2031-05-06 07:08:09Z': false,
    '2031-05-06T07:08:09.Z': false,
    ' 2031-05-06T07:08:09Z': false,
    '2031-05-06T07:08:09Z\n': false,
    '': false,
  };
  for (const [text, valid] of Object.entries(dateTimes)) {
    it(`${JSON.stringify(text)} is ${valid ? 'a' : 'no'} dateTime`, () => expect(isDateTime(text)).to.equal(valid));
  }

  it('text has no NUL and no half of a surrogate pair', () => {
    expect(['', 'Åsa', '😀', 'a\tb\n'].map(isText)).to.deep.equal([true, true, true, true]);
    expect(['a\0', '\ud83d', '\ude00\ud83d', 'x\udfff'].map(isText)).to.deep.equal([false, false, false, false]);
  });

  it('base64 may be of either alphabet, broken into lines, without padding', () => {
    expect(['', 'TWFu', 'TWE=', 'TQ==', 'TQ', '-_8', 'TWFu\r\nTWFu\n'].map(isBase64)).to.deep.equal(
      Array(7).fill(true),
    );
    expect(['ä', 'a.b', '=TWE', 'TQ===', 'data:image/png;base64,TWFu'].map(isBase64)).to.deep.equal(
      Array(5).fill(false),
    );
  });

  it('takes no longer than its length for a text made to be slow', () => {
    const started = process.cpuUsage().user;
    expect([
      isBase64(`${' '.repeat(1_000_000)}ä`),
      isDateTime(`2031-05-06T07:08:09.${'1'.repeat(1_000_000)}`),
    ]).to.deep.equal([false, false]);
    expect(process.cpuUsage().user - started, 'microseconds').to.be.lessThan(1_000_000);
  });
});
