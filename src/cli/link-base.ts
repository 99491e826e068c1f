import type { Config } from '../config/config.ts';

/** What links begin with where no server listens. */
export function linkBase({ publicUrl, host, port }: Config): string {
  return publicUrl ?? `http://${host}:${port}`;
}
