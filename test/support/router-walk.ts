/** One route of an Express application. */
export interface WalkedRoute {
  readonly path: string;
  /** Lower case; `_all` is left out. */
  readonly methods: readonly string[];
}

interface Layer {
  readonly route?: { readonly path: string | readonly string[]; readonly methods: Readonly<Record<string, boolean>> };
  readonly handle?: { readonly stack?: readonly Layer[] };
}

/** Every route of a router and of those mounted in it, as Express itself keeps them: no list has to be kept by hand. */
export function routesOf({ stack = [] }: { readonly stack?: readonly unknown[] }): WalkedRoute[] {
  return (stack as readonly Layer[]).flatMap(({ route, handle }) => [
    ...(route === undefined
      ? []
      : [route.path]
          .flat()
          .map((path) => ({
            path,
            methods: Object.keys(route.methods).filter((method) => method !== '_all' && route.methods[method] === true),
          }))),
    ...(handle?.stack === undefined ? [] : routesOf({ stack: handle.stack })),
  ]);
}
