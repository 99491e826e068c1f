import { expect } from 'chai';
import { slowdowns } from '../../bench/baseline.ts';

describe('slowdowns', () => {
  const kept = { '1000': { 'GET /Users/{id}': 1, 'first page of 100': 0.1 } };

  it('names what fell by more than a fifth, with both ratios', () => {
    expect(slowdowns({ '1000': { 'GET /Users/{id}': 0.79, 'first page of 100': 0.08 } }, kept)).to.eql([
      'GET /Users/{id} with 1000 users: 0.790 of the bare route, and it was 1.000',
    ]);
  });

  it('says nothing of what is as fast or faster, nor of what is not kept', () => {
    expect(
      slowdowns({ '1000': { 'GET /Users/{id}': 1.5, other: 0.01 }, '50': { 'GET /Users/{id}': 0.1 } }, kept),
    ).to.eql([]);
  });
});
