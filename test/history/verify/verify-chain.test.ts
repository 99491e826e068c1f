import { expect } from 'chai';
import {
  type ChainEntry,
  digestOfPart,
  emptyChain,
  eraseEntry,
  hashOfEntry,
  sealEvents,
} from '../../../src/history/chain-entry.ts';
import { MerkleFrontier } from '../../../src/history/merkle-frontier.ts';
import { ChainVerifier } from '../../../src/history/verify/verify-chain.ts';
import { verifyStored } from '../../../src/history/verify/verify-stored.ts';
import { event } from '../../contract/fixtures.ts';
import { chainOf, spoil } from '../../support/random-chain-faults.ts';
import { StretchedRows } from '../../support/stretched-rows.ts';
import type { ChainVerdict } from '../../../src/history/verify/chain-verdict.ts';

/** The nightly suite takes more of both. */
const size = Number(process.env['AUDIT_EVENTS'] ?? 300);
const trials = Number(process.env['AUDIT_FAULTS'] ?? 400);
/** Other faults for each piece: many can be tried a few minutes at a time. */
const piece = Number(process.env['AUDIT_PIECE'] ?? 0);

const leaves = (rows: readonly ChainEntry[]) => rows.map(({ hash }) => Buffer.from(hash, 'hex'));
/** By the last row: of a large chain it takes as long as the verification. */
const roots = new WeakMap<ChainEntry, string>();
function rootOf(rows: readonly ChainEntry[]): string {
  const last = rows.at(-1)!;
  const root = roots.get(last) ?? new MerkleFrontier().add(leaves(rows)).root.toString('base64');
  roots.set(last, root);
  return root;
}

function verify(rows: readonly ChainEntry[], known: readonly ChainEntry[], upTo = known.length): ChainVerdict {
  const checkpoints = [
    { origin: 'test', size: upTo, root: rootOf(upTo === known.length ? known : known.slice(0, upTo)) },
  ];
  const verifier = new ChainVerifier({ tenant: 'harbour', base: emptyChain, checkpoints });
  for (const row of rows) verifier.add(row, hashes.get(row) ?? hashOfEntry(row));
  return verifier.finish();
}

const headOf = (rows: readonly ChainEntry[]) => ({
  seq: rows.length,
  hash: rows.at(-1)!.hash,
  frontier: new MerkleFrontier().add(leaves(rows)),
});

/** Of rows that no fault has touched; what a fault makes is another object. */
const hashes = new WeakMap<ChainEntry, string>();

describe('the verifier of chains', () => {
  const chain = chainOf(size);
  for (const row of chain) hashes.set(row, hashOfEntry(row));

  it('finds nothing where nothing is wrong, and says how much a checkpoint vouches for', () => {
    const verdict = verify(chain, chain, size - 10);
    expect(verdict).to.include({
      entries: size,
      last: size,
      integrity: 'intact',
      completeness: 'complete',
      proved: size - 10,
      root: rootOf(chain),
      hash: chain.at(-1)?.hash,
    });
    expect(verdict.faults).to.deep.equal([]);
  });

  it('says that nothing is proved without a checkpoint, and where the store says that more was there', () => {
    const unproved = new ChainVerifier({ tenant: 'harbour', base: emptyChain });
    for (const row of chain) unproved.add(row);
    expect(unproved.finish()).to.include({ integrity: 'intact', completeness: 'unproved' });
    const cut = new ChainVerifier({ tenant: 'harbour', base: emptyChain, end: size + 5 });
    for (const row of chain) cut.add(row);
    expect(cut.finish().faults).to.deep.include({
      seq: size + 1,
      kind: 'cut',
      detail: `the chain ends at ${size}, 5 entries before its end at ${size + 5}`,
    });
  });

  it('proves a chain from which a person was erased', () => {
    const places = chain.flatMap(({ seq }, n) => (n % 7 === 0 ? [[seq, seq]] : []));
    const told = event('told', { tenant: 'harbour', type: 'audit.erased', resourceId: '', data: { places } });
    const { entries } = sealEvents(headOf(chain), [told]);
    const whole = [...chain, ...entries];
    const erased = whole.map((row, n) => (n % 7 === 0 && n < size ? eraseEntry(row) : row));
    expect(verify(erased, whole)).to.include({ integrity: 'intact', completeness: 'complete' });
    expect(verify(erased, whole).erased).to.equal(Math.ceil(size / 7));
    expect(verify(erased.with(1, eraseEntry(whole[1]!)), whole).faults).to.deep.equal([
      {
        seq: 2,
        id: whole[1]!.id,
        kind: 'blanked',
        detail: 'its values are gone as if a person had been erased, and no entry tells of such an erasure',
      },
    ]);
  });

  it('takes the word of an entry that a person was erased for entries about them, and for no half of one', () => {
    const about = (id: string, more: object) => event(id, { tenant: 'harbour', resourceId: 'ines', ...more });
    const { entries } = sealEvents(headOf(chain), [about('born', {}), about('gone', { type: 'user.erased' })]);
    const whole = [...chain, ...entries];
    const born = whole[size]!;
    expect(verify(whole.with(size, eraseEntry(born)), whole).integrity).to.equal('intact');
    const half = { ...born, actor: eraseEntry(born).actor };
    expect(verify(whole.with(size, half), whole).faults).to.have.length(1);
    expect(verify(whole.with(0, eraseEntry(whole[0]!)), whole).faults[0]).to.include({ seq: 1, kind: 'blanked' });
  });

  it('takes no other cut between salt and text for the same, nor an entry that has lost its facts', () => {
    const n = Math.floor(size / 2);
    const row = chain[n]!;
    const { salt, text } = row.subject as { salt: string; text: string };
    const shifted = { ...row, subject: { salt: salt.slice(0, -1), text: `${salt.slice(-1)}${text}` } };
    const lost = { ...row, facts: { digest: digestOfPart(row.facts) } };
    for (const other of [shifted, lost])
      expect(verify(chain.with(n, other), chain).faults[0]).to.include({ seq: n + 1, kind: 'altered' });
  });

  it('goes on from where it ended before, and from the base that retention left', () => {
    const half = Math.floor(size / 2);
    const first = verify(chain.slice(0, half), chain.slice(0, half));
    const base = { seq: half, hash: first.hash, frontier: first.frontier ?? new MerkleFrontier() };
    const rest = new ChainVerifier({
      tenant: 'harbour',
      base,
      checkpoints: [{ origin: 'test', size, root: rootOf(chain) }],
    });
    for (const row of chain.slice(half)) rest.add(row);
    expect(rest.finish()).to.include({ integrity: 'intact', completeness: 'complete', first: half + 1, last: size });
  });

  it('names entries that lists would not find by what they say, and those alone that are whole themselves', () => {
    const altered = chain.with(4, { ...chain[4]!, id: 'forged' });
    const verifier = new ChainVerifier({ tenant: 'harbour', base: emptyChain });
    verifier.addMisfiled([
      { seq: 5, id: 'forged' },
      { seq: 9, id: chain[8]!.id },
    ]);
    for (const row of altered) verifier.add(row);
    const { faults, integrity } = verifier.finish();
    expect(faults.map(({ seq, kind }) => [seq, kind])).to.deep.equal([
      [5, 'altered'],
      [9, 'misfiled'],
    ]);
    expect(integrity).to.equal('broken');
  });

  for (const sorted of [true, false]) {
    it(`finds and names each of many random faults, in rows ${sorted ? 'by place' : 'as lines'}`, async function () {
      this.timeout(600_000 + trials * size * 0.01);
      const source = new StretchedRows(chain);
      let seed = (sorted ? 20_261_130 : 20_261_131) + piece * 7_919;
      const random = () => {
        seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
        return seed / 2_147_483_648;
      };
      for (let trial = 0; trial < trials; trial += 1) {
        const faulty = spoil(chain, random, sorted);
        const { faults, integrity, completeness } =
          trial % 2 === 0 && size < 4_096
            ? verify(faulty.rows, chain)
            : await verifyStored(source.of(faulty.rows), {
                tenant: 'harbour',
                base: emptyChain,
                checkpoints: [{ origin: 'test', size, root: rootOf(chain) }],
              });
        const told = `${faulty.story}: ${JSON.stringify(faults.slice(0, 4))}`;
        expect(integrity === 'broken' || completeness === 'incomplete', told).to.equal(true);
        expect(faulty.kinds, told).to.include(faults[0]?.kind);
        expect(faulty.seqs, told).to.include(faults[0]?.seq);
        expect(faults.length, told).to.be.at.most(2);
      }
    });
  }
});
