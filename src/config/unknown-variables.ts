import { didYouMean, withinTypos } from '../text/did-you-mean.ts';
import { variables } from './variables.ts';

/** The commands read it, to find a Latchkey far away. */
const othersVariables: readonly string[] = ['LATCHKEY_URL'];

/** Kubernetes sets these for a service that is called latchkey. */
const ofKubernetes = /^LATCHKEY_(?:SERVICE_HOST|SERVICE_PORT|PORT)(?:_|$)/;

/** `LATCHKEY_PORT` is an address there (`tcp://10.0.0.7:8080`), and a mistake where it is a number. */
function isOfKubernetes(name: string, value: string | undefined): boolean {
  return ofKubernetes.test(name) && !(name === 'LATCHKEY_PORT' && /^\d*$/.test(value ?? ''));
}

/** Names of other programs for what ours say otherwise. */
const otherNames: Readonly<Record<string, string>> = {
  MONGO_URL: 'MONGODB_URI',
  MONGO_URI: 'MONGODB_URI',
  MONGODB_URL: 'MONGODB_URI',
  SMTP_HOST: 'SMTP_URL',
  SMTP_SERVER: 'SMTP_URL',
  SMTP_URI: 'SMTP_URL',
  MAIL_URL: 'SMTP_URL',
  SMTP_FROM: 'MAIL_FROM',
  MAIL_SENDER: 'MAIL_FROM',
  LATCHKEY_PORT: 'PORT',
  LATCHKEY_HOST: 'HOST',
  LATCHKEY_SMTP_URL: 'SMTP_URL',
  LATCHKEY_MONGODB_URI: 'MONGODB_URI',
  LATCHKEY_MAIL_FROM: 'MAIL_FROM',
};

/** Shorter names are near to many others. */
const shortest = 8;
const mostTypos = 2;

/**
 * The variables that seem to be meant for Latchkey and that it does not read: those that begin with LATCHKEY_, those
 * that are nearly one of ours, and those by which other programs know the same. A typo there would go unnoticed.
 * @param environment such as `process.env`
 * @returns one sentence each
 */
export function unknownVariables(environment: Readonly<Record<string, string | undefined>>): string[] {
  const known = [...variables.flatMap(({ name }) => [name, `${name}_FILE`]), ...othersVariables];
  const isSet = (name: string): boolean => [name, `${name}_FILE`].some((one) => (environment[one] ?? '') !== '');
  return Object.keys(environment).flatMap((name): string[] => {
    if (known.includes(name) || isOfKubernetes(name, environment[name])) return [];
    const other = otherNames[name.replace(/_FILE$/i, '').toUpperCase()];
    const meant = other ?? (/^LATCHKEY_/i.test(name) ? didYouMean(name, known) : nearlyOf(name, known));
    if (meant === undefined) return /^LATCHKEY_/i.test(name) ? [`${name} is not a variable that Latchkey reads`] : [];
    // What another program reads is not a typo where ours is set too.
    if (!/^LATCHKEY_/i.test(name) && isSet(meant)) return [];
    return [`${name} is not a variable that Latchkey reads: did you mean ${meant}?`];
  });
}

/** The variable that a name is within two typos of. */
function nearlyOf(name: string, known: readonly string[]): string | undefined {
  if (name.length < shortest || name.length > 60) return undefined;
  const folded = name.toUpperCase();
  return known.find((one) => one.length >= shortest && withinTypos(folded, one, mostTypos));
}
