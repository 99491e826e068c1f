/** The route of a page of the console, where `/` is its home. */
export function routeOf(path: string): string {
  return path === '/' ? '/console' : `/console${path}`;
}
