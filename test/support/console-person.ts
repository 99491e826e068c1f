import { exportPerson } from '../../src/console/erasure/export-person.ts';
import { peoplePages } from '../../src/console/people/people-pages.ts';
import { PeopleBench } from './people-bench.ts';
import { tenant, userBody } from './provisioning-bench.ts';

/** The pages about people, with one person who was invited by a connected system, and an owner who is signed in. */
export async function withInes() {
  const bench = new PeopleBench((site) => {
    exportPerson(site);
    peoplePages(site);
  });
  const id = await bench.provisioning.createUser(
    userBody('ines', { preRegistration: true }, { displayName: 'Ines Okoro' }),
    { client: { id: 'okta', name: 'okta' } },
  );
  await bench.deliver();
  return { bench, id, browser: await bench.signedIn() };
}

/** A person as they are stored. */
export function stored(bench: PeopleBench, id: string) {
  return bench.provisioning.store.get(tenant, 'User', id);
}

/** What a page says is wrong with a field. */
export function faultAt(page: string, field: string): string {
  return new RegExp(`id="${field}-fault">.*?<span>(.*?)</span></p>`, 's').exec(page)?.[1] ?? 'no fault is told';
}
