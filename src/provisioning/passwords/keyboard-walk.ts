import { normalizePassword } from './normalize-password.ts';

/** Rows of keys, from the top, as they lie above each other. */
const keyboards: readonly (readonly string[])[] = [
  ['1234567890', 'qwertyuiop', 'asdfghjkl', 'zxcvbnm'],
  ['1234567890ß', 'qwertzuiopü', 'asdfghjklöä', 'yxcvbnm'],
  ['1234567890', 'azertyuiop', 'qsdfghjklm', 'wxcvbn'],
  ['1234567890', 'йцукенгшщзхъ', 'фывапролджэ', 'ячсмитьбю'],
  ['1234567890', '/׳קראטוןםפ', 'שדגכעיחלךף', 'זסבהנמצתץ'],
  ['1234567890', 'ضصثقفغعهخحجد', 'شسيبلاتنمكط'],
  ['789', '456', '123', '0'],
];

/** What a digit key gives with Shift, on most keyboards. */
const shifted: Readonly<Record<string, string>> = {
  '!': '1',
  '@': '2',
  '#': '3',
  '§': '3',
  $: '4',
  '%': '5',
  '^': '6',
  '&': '7',
  '*': '8',
  '(': '9',
  ')': '0',
};

/** Keys in a run that no word has: in a column, in a row, in any direction from key to neighbouring key. */
const leastOf = { column: 3, row: 4, any: 6 };
/** Where all is made of runs, a row may be shorter: `qweasdzxc`. */
const shortRow = 3;

/** Characters beside the runs that make no password of them. */
const mostBeside = 7;
const mostBesideShort = 3;

type Key = readonly [row: number, column: number];

const layouts: readonly ReadonlyMap<string, Key>[] = keyboards.map(
  (rows) => new Map(rows.flatMap((keys, row) => [...keys].map((key, column) => [key, [row, column] as const]))),
);

/**
 * Whether a password is drawn on a keyboard: rows, columns, zigzags, two rows in turn (`1q2w3e`, `qpwoeiru`), with
 * little beside, on the keyboards of the languages of the pages and the Russian one.
 * @param password of at most 256 code points: the work grows with the length
 */
export function isKeyboardWalk(password: string): boolean {
  const keys = [
    ...normalizePassword(password)
      .toLowerCase()
      .replace(/[\s\p{Z}\p{Pc}\p{Pd}.,]+/gu, ''),
  ].map((sign) => shifted[sign] ?? sign);
  const everyOther = (start: number) => keys.filter((_, index) => index % 2 === start);
  return layouts.some((layout) => {
    if (keys.length >= leastOf.any && isDrawn(layout, keys)) return true;
    const [ones, others] = [everyOther(0), everyOther(1)];
    return (
      ones.length > mostBeside / 2
      && beside(layout, ones, shortRow) + beside(layout, others, shortRow) <= mostBesideShort
    );
  });
}

function isDrawn(layout: ReadonlyMap<string, Key>, keys: readonly string[]): boolean {
  const most = Math.min(mostBeside, keys.length / 2);
  return beside(layout, keys, leastOf.row) <= most || beside(layout, keys, shortRow) <= Math.min(mostBesideShort, most);
}

/** How many keys are in no run. */
function beside(layout: ReadonlyMap<string, Key>, keys: readonly string[], leastOfRow: number): number {
  let count = 0;
  for (let at = 0; at < keys.length;) {
    const length = runAt(layout, keys, at, leastOfRow);
    if (length === 0) count += 1;
    at += Math.max(1, length);
  }
  return count;
}

/** The length of the longest run that begins there; 0 where none does. */
function runAt(layout: ReadonlyMap<string, Key>, keys: readonly string[], start: number, leastOfRow: number): number {
  const straight = follow(layout, keys, start, true);
  const any = follow(layout, keys, start, false);
  const different = new Set(keys.slice(start, start + any)).size;
  if (any >= leastOf.any && different >= leastOf.any - 1) return any;
  const [down] = stepBetween(layout, keys[start], keys[start + 1]) ?? [0];
  return straight >= (down === 0 ? leastOfRow : leastOf.column) ? straight : 0;
}

/** How far one key leads to the next: in one and the same direction, or in any. */
function follow(layout: ReadonlyMap<string, Key>, keys: readonly string[], start: number, straight: boolean): number {
  const first = stepBetween(layout, keys[start], keys[start + 1]);
  if (first === undefined || (straight && first[0] === 0 && first[1] === 0)) return 0;
  let end = start + 1;
  for (;;) {
    const step = stepBetween(layout, keys[end], keys[end + 1]);
    if (step === undefined || (straight && (step[0] !== first[0] || step[1] !== first[1]))) return end + 1 - start;
    end += 1;
  }
}

/** Rows and columns from one key to a neighbouring one; undefined where they are not neighbours. */
function stepBetween(layout: ReadonlyMap<string, Key>, from = '', to = ''): readonly [number, number] | undefined {
  const [one, other] = [layout.get(from), layout.get(to)];
  if (one === undefined || other === undefined) return undefined;
  const [down, right] = [other[0] - one[0], other[1] - one[1]];
  return Math.abs(down) <= 1 && Math.abs(right) <= 1 ? [down, right] : undefined;
}
