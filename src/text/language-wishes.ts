/** How many languages of one list are looked at. */
const mostWishes = 10;
/** The length of a tag that RFC 5646 §4.4.1 asks everybody to have room for. */
const longestTag = 35;
const mostSubtags = 8;
/** Characters of a list that are read: room for the languages that count, each with a weight. */
const longestList = 1000;

/**
 * Reads a list of languages as `Accept-Language` (RFC 9110 §12.5.4), `preferredLanguage` (RFC 7643 §4.1.1) and
 * `locale` hold it.
 * @param list whatever was sent, of any length; undefined where nothing was
 * @returns at most 10 tags, in the order of their weights, each as `boundedTag` gives it; what is not a tag is left
 *   out (`*`)
 */
export function languageWishes(list: string | undefined): string[] {
  return beginningOf(list ?? '')
    .split(',')
    .map((range) => {
      const [tag = '', ...parameters] = range.split(';').map((part) => part.trim());
      const weight = parameters.find((parameter) => /^q *=/i.test(parameter));
      return { tag: boundedTag(tag), weight: weight === undefined ? 1 : Number(weight.slice(weight.indexOf('=') + 1)) };
    })
    .filter(({ tag, weight }) => /^[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8})*$/.test(tag) && weight > 0)
    .sort((one, other) => other.weight - one.weight)
    .slice(0, mostWishes)
    .map(({ tag }) => tag);
}

/**
 * A tag without the subtags that make it longer than 35 characters or 8 subtags (RFC 5646 §4.4.2), in which `de_DE`
 * has become `de-DE`. A first subtag that is too long leaves ''.
 */
export function boundedTag(tag: string): string {
  const room = tag.slice(0, longestTag + 1).replaceAll('_', '-');
  const whole = room.length > longestTag ? room.slice(0, Math.max(room.lastIndexOf('-'), 0)) : room;
  return whole.split('-').slice(0, mostSubtags).join('-');
}

/** The part of a list that is read; a language that would be cut in two is left out. */
function beginningOf(list: string): string {
  if (list.length <= longestList) return list;
  const room = list.slice(0, longestList);
  const comma = room.lastIndexOf(',');
  return comma < 0 ? room : room.slice(0, comma);
}
