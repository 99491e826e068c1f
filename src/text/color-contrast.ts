/** A colour as `#rrggbb`. */
export type HexColor = `#${string}`;

/** Whether a text is a colour as `#rrggbb`. */
export function isHexColor(text: unknown): text is HexColor {
  return typeof text === 'string' && /^#[0-9a-f]{6}$/i.test(text);
}

/** How well one colour is told from another: from 1 to 21 (WCAG 2.2, "contrast ratio"). */
export function contrastRatio(one: HexColor, other: HexColor): number {
  const [light, dark] = [luminance(one), luminance(other)].sort((a, b) => b - a) as [number, number];
  return (light + 0.05) / (dark + 0.05);
}

/** The colour of text on a surface: of two, the one that is read better. */
export function textOn(surface: HexColor, light: HexColor = '#ffffff', dark: HexColor = '#000000'): HexColor {
  return contrastRatio(surface, light) >= contrastRatio(surface, dark) ? light : dark;
}

/**
 * The nearest shade of a colour that can be told from a background: darker on a light one, lighter on a dark one.
 * @param ratio to reach: 4.5 for text, 3 for what is not text (WCAG 2.2, 1.4.3 and 1.4.11)
 */
export function shadeOn(color: HexColor, background: HexColor, ratio: number): HexColor {
  const target = luminance(background) > 0.18 ? 0 : 255;
  for (let step = 0; step <= 20; step += 1) {
    const shade = mixed(color, target, step / 20);
    if (contrastRatio(shade, background) >= ratio) return shade;
  }
  return target === 0 ? '#000000' : '#ffffff';
}

function channels(color: HexColor): number[] {
  return [1, 3, 5].map((start) => parseInt(color.slice(start, start + 2), 16));
}

function mixed(color: HexColor, target: number, share: number): HexColor {
  const parts = channels(color).map((value) => Math.round(value + (target - value) * share));
  return `#${parts.map((value) => value.toString(16).padStart(2, '0')).join('')}`;
}

function luminance(color: HexColor): number {
  const [red = 0, green = 0, blue = 0] = channels(color).map((value) => {
    const part = value / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
