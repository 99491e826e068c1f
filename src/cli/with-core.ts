import { composeCore } from '../composition/compose-core.ts';
import type { Core } from '../composition/core.ts';
import type { Config } from '../config/config.ts';
import { createLog, textLines } from '../log.ts';

/**
 * Does a command's work with the services that the server has, made in the same way, and closes the store behind it.
 * @throws what `composeCore` throws: the same configuration is refused as by the server
 */
export async function withCore<Answer>(config: Config, use: (core: Core) => Promise<Answer>): Promise<Answer> {
  const core = await composeCore(config, linkBase(config), createLog('error', textLines(config.logFormat)));
  try {
    return await use(core);
  } finally {
    await core.close();
  }
}

/** What links begin with where no server listens. */
export function linkBase({ publicUrl, host, port }: Config): string {
  return publicUrl ?? `http://${host}:${port}`;
}
