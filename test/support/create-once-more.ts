import type { Launched, ScimAnswer } from './launch.ts';

/** Creates a user as a client does: a 503 of a database that is slow for now is tried again, up to three times. */
export async function createOnceMore(server: Pick<Launched, 'scim'>, body: unknown): Promise<ScimAnswer> {
  for (let tries = 1; ; tries += 1) {
    const answer = await server.scim('POST', '/Users', body);
    if (answer.status !== 503 || tries === 3) return answer;
  }
}
