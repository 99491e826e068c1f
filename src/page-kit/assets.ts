import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Router } from 'express';
import { packageFile } from '../package-root.ts';
import type { AssetLinks } from './layout.ts';
import { queryValue } from './query-value.ts';

const FOLDER = packageFile('assets');
const FILES = {
  stylesheet: ['latchkey.css', 'text/css; charset=utf-8'],
  script: ['latchkey.js', 'text/javascript; charset=utf-8'],
  icon: ['latchkey.svg', 'image/svg+xml'],
} as const;

/**
 * The pages' stylesheet, script and icon, read once at start. A link carries the content's hash, so a browser may keep what it
 * got for good; without the hash (or with an old one) it is told to ask again, by ETag.
 * @param base path below which the pages are served, '' at the root
 */
export function assets(base: string): { readonly links: AssetLinks; readonly router: Router } {
  const router = Router();
  const serve = ([name, type]: readonly [string, string]): string => {
    const content = readFileSync(join(FOLDER, name));
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
  return {
    links: { stylesheet: serve(FILES.stylesheet), script: serve(FILES.script), icon: serve(FILES.icon) },
    router,
  };
}

/** The same files inside their links, for a page that is looked at without a server. */
export function inlineAssets(): AssetLinks {
  const inline = ([name, type]: readonly [string, string]): string =>
    `data:${type};base64,${readFileSync(join(FOLDER, name)).toString('base64')}`;
  return { stylesheet: inline(FILES.stylesheet), script: inline(FILES.script), icon: inline(FILES.icon) };
}
