import { createHash } from 'node:crypto';
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Router } from 'express';
import { isHexColor } from '../text/color-contrast.ts';
import { packageFile } from '../base/package-root.ts';
import type { AssetLinks } from './layout.ts';
import { brandStyles } from './brand-styles.ts';
import { queryValue } from './query-value.ts';

const FOLDER = packageFile('assets');
const OWN = {
  stylesheet: ['latchkey.css', 'text/css; charset=utf-8'],
  script: ['latchkey.js', 'text/javascript; charset=utf-8'],
  icon: ['latchkey.svg', 'image/svg+xml'],
} as const;

/** A file as it is served: what it is called, its content and its media type. */
interface Asset {
  readonly name: string;
  readonly content: Buffer;
  readonly type: string;
}

/**
 * The pages' stylesheet, script and icon, read once at start. A link carries the content's hash, so a browser may keep
 * what it got for good; without the hash (or with an old one) it is told to ask again, by ETag.
 * @param base path below which the pages are served, '' at the root
 */
export function assets(base: string): { readonly links: AssetLinks; readonly router: Router } {
  const { links, router } = served(base, {
    stylesheet: own(OWN.stylesheet),
    script: own(OWN.script),
    icon: own(OWN.icon),
  });
  router.get('/assets/brand.css', (request, response, next) => {
    const color = `#${queryValue(request, 'color') ?? ''}`;
    if (!isHexColor(color)) return next();
    response.set({
      'Content-Type': OWN.stylesheet[1],
      'X-Content-Type-Options': 'nosniff',
      'Cache-Control': 'public, max-age=31536000, immutable',
    });
    response.send(brandStyles(color));
  });
  return { links: { ...links, brand: (color) => `${base}/assets/brand.css?color=${color.slice(1)}` }, router };
}

/** The same for the console, whose script comes with the library that it changes pages with. */
export function consoleAssets(base: string): { readonly links: AssetLinks; readonly router: Router } {
  const morph = readFileSync(createRequire(import.meta.url).resolve('idiomorph/dist/idiomorph.min.js'));
  const { content, ...script } = own(['console.js', OWN.script[1]]);
  return served(base, {
    stylesheet: own(['console.css', OWN.stylesheet[1]]),
    script: { ...script, content: Buffer.concat([morph, Buffer.from(';\n'), content]) },
    icon: own(OWN.icon),
  });
}

function own([name, type]: readonly [string, string]): Asset {
  return { name, type, content: readFileSync(join(FOLDER, name)) };
}

function served(
  base: string,
  files: Readonly<Record<Exclude<keyof AssetLinks, 'brand'>, Asset>>,
): { readonly links: AssetLinks; readonly router: Router } {
  const router = Router();
  const serve = ({ name, content, type }: Asset): string => {
    const hash = createHash('sha256').update(content).digest('base64url').slice(0, 16);
    router.get(`/assets/${name}`, (request, response) => {
      response.set({
        'Content-Type': type,
        'X-Content-Type-Options': 'nosniff',
        'Cache-Control': queryValue(request, 'v') === hash ? 'public, max-age=31536000, immutable' : 'no-cache',
      });
      response.send(content);
    });
    return `${base}/assets/${name}?v=${hash}`;
  };
  const { stylesheet, script, icon } = files;
  return { links: { stylesheet: serve(stylesheet), script: serve(script), icon: serve(icon) }, router };
}

/** The same files inside their links, for a page that is looked at without a server. */
export function inlineAssets(): AssetLinks {
  const inline = ([name, type]: readonly [string, string]): string =>
    `data:${type};base64,${readFileSync(join(FOLDER, name)).toString('base64')}`;
  return {
    stylesheet: inline(OWN.stylesheet),
    script: inline(OWN.script),
    icon: inline(OWN.icon),
    brand: (color) => `data:text/css;base64,${Buffer.from(brandStyles(color)).toString('base64')}`,
  };
}
