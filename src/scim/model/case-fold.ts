const nonAscii = /[\u0080-\uffff]/;

/**
 * A run of marks is counted once, from its first mark: counting thirty from each mark would take thirty times as long.
 */
const piledMarks = /\p{M}(?<!\p{M}\p{M})\p{M}{30}/u;

/**
 * Where "the lower case of the upper case" is not what CaseFolding.txt says: dotless i stays as it is, capital sharp
 * s becomes two letters although its upper case is itself, and Cherokee folds to its capitals, which are the older
 * letters.
 */
const exceptional = /[\u0131\u1e9e\u13a0-\u13f5\u13f8-\u13fd\uab70-\uabbf]/;

/**
 * Brings text to the form in which text that is not caseExact is compared, ordered and kept unique: NFC, then Unicode
 * full case folding (statuses C and F of CaseFolding.txt, no Turkic rules). `ÅSA` and `åsa`, `STRASSE` and `straße`,
 * `Σ`, `σ` and `ς` become equal.
 * @returns the folded text, which need not be NFC itself
 */
export function foldCase(text: string): string {
  if (!nonAscii.test(text)) return text.toLowerCase();
  const composed = hasPiledMarks(text) ? text : text.normalize('NFC');
  if (!exceptional.test(composed)) return foldRegular(composed);
  let folded = '';
  for (const character of composed)
    folded += exceptional.test(character) ? foldExceptional(character) : foldRegular(character);
  return folded;
}

/**
 * True for more than 30 combining marks in a row, piled up as in no language and more than the Stream-Safe Text
 * Format allows (UAX #15 §13): bringing them into canonical order takes time that grows with the square of their
 * number. No attribute can hold such text (`isText`).
 */
export function hasPiledMarks(text: string): boolean {
  return text.length > 30 && piledMarks.test(text);
}

/** JavaScript makes a sigma at the end of a word final when lowering; folding knows one sigma only. */
function foldRegular(text: string): string {
  return text.toUpperCase().toLowerCase().replaceAll('ς', 'σ');
}

function foldExceptional(character: string): string {
  if (character === 'ı') return character;
  return character === 'ẞ' ? 'ss' : character.toUpperCase();
}
