import { contrastRatio, isHexColor, shadeOn, textOn } from '../../text/color-contrast.ts';
import { textOf, type MessageValues } from './message-values.ts';

/** What a layout shows of a tenant's brand; every colour goes with its background. */
export interface BrandView {
  readonly logoUrl: string | undefined;
  /** The first letter of the product's name, where there is no logo. */
  readonly initial: string;
  readonly accent: string;
  readonly onAccent: string;
  /** The button's edge: seen on white too, where the accent itself is pale. */
  readonly accentEdge: string;
  readonly linkColor: string;
  /** The same in a dark scheme. */
  readonly accentDark: string;
  readonly onAccentDark: string;
  readonly linkColorDark: string;
  readonly helpText: string | undefined;
  readonly helpUrl: string | undefined;
}

/** The product's own colour, in a light and in a dark scheme. */
const ownAccent = '#0f5f63';
const ownAccentDark = '#6fd0c8';
/** The surfaces of the shipped layout that a colour must be told from. */
const lightest = '#ffffff';
const lightPage = '#eef3f2';
const darkCard = '#152225';

/**
 * The brand of a message: a colour that a tenant chose is used as it is for surfaces, with the text on it computed,
 * and in a shade that can be read for links.
 */
export function brandView(values: MessageValues): BrandView {
  const chosen = textOf(values, 'brandColor');
  const accent = isHexColor(chosen) ? chosen : ownAccent;
  const accentDark = isHexColor(chosen) ? shadeOn(chosen, darkCard, 3) : ownAccentDark;
  return {
    logoUrl: textOf(values, 'logoUrl'),
    initial: initialOf(textOf(values, 'productName') ?? ''),
    accent,
    onAccent: textOn(accent),
    accentEdge: contrastRatio(accent, lightest) >= 3 ? accent : shadeOn(accent, lightest, 3),
    linkColor: shadeOn(accent, lightPage, 4.5),
    accentDark,
    onAccentDark: textOn(accentDark),
    linkColorDark: shadeOn(isHexColor(chosen) ? chosen : ownAccentDark, darkCard, 4.5),
    helpText: textOf(values, 'helpText'),
    helpUrl: textOf(values, 'helpUrl'),
  };
}

function initialOf(name: string): string {
  const [letter] = name.match(/[\p{L}\p{N}]/u) ?? [];
  return (letter ?? '').toUpperCase();
}
