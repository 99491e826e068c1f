import { contrastRatio, type HexColor, shadeOn, textOn } from '../text/color-contrast.ts';

/** The cards of the hosted pages in a light and in a dark scheme, as `latchkey.css` has them. */
const lightCard = '#ffffff';
const darkCard = '#152225';

/**
 * A tenant's colour over the pages' own: as it is for surfaces, with the text on it computed, and in shades that can be
 * read (WCAG 2.2 AA) where it is text or an edge.
 */
export function brandStyles(color: HexColor): string {
  const light = contrastRatio(color, lightCard) >= 4.5 ? color : shadeOn(color, lightCard, 4.5);
  const dark = shadeOn(color, darkCard, 4.5);
  return `:root{${rules(light, shadeOn(light, lightCard, 7))}}
@media (prefers-color-scheme:dark){:root{${rules(dark, shadeOn(dark, darkCard, 7))}}}
`;
}

function rules(key: HexColor, deep: HexColor): string {
  return `--key:${key};--key-deep:${deep};--on-key:${textOn(key)}`;
}
