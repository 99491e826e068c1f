import type { DeliveryNote, Onboarding } from './latchkey-extension.ts';
import { omit } from '../../base/omit.ts';

/** Something a reader did with a message, or tried to. */
export interface MessageUse extends Readonly<Pick<DeliveryNote, 'verdict' | 'at' | 'lastAt' | 'count' | 'reply'>> {
  readonly state: 'opened' | 'codeTried' | 'proofTried' | 'passwordShown' | 'passwordSet' | 'superseded';
}

/**
 * A message's own line, and below it what it went through and what was done with it. The ids of those begin with the
 * message's.
 */
type Chapter = readonly DeliveryNote[];

/** Messages whose lines are kept. */
const messagesKept = 20;
/** The most lines; where there are more, the oldest messages' go. */
const linesKept = 100;

/** The present line of a message. */
export function messageLine({ deliveries = [] }: Onboarding, message: string): DeliveryNote | undefined {
  return deliveries.find(({ id }) => id === message);
}

/** The newest message of these templates that a server has taken and that has not come back. */
export function sentMessage({ deliveries = [] }: Onboarding, ...wanted: readonly string[]): string | undefined {
  return chaptersOf(deliveries).find(([own]) => own?.state === 'sent' && wanted.includes(own.template))?.[0]?.id;
}

/**
 * Puts a message's line on top of the timeline, or in its older line's place. What the older line said (why the
 * message was held, what a server answered) stays below it as a line of its own when the message goes on to another
 * state.
 */
export function noteMessage(onboarding: Onboarding, line: DeliveryNote): void {
  changeChapter(onboarding, line.id, ([older, ...steps]) => {
    if (older === undefined) return [line];
    const { queuedAt, leasedAt } = older;
    const now = {
      ...(queuedAt === undefined ? {} : { queuedAt }),
      ...(leasedAt === undefined ? {} : { leasedAt }),
      ...line,
    };
    if (older.state === line.state || older.reply === undefined) return [now, ...steps];
    return [now, ...withStep(steps, { ...omit(older, 'queuedAt', 'leasedAt'), id: `${older.id}.${older.state}` })];
  });
}

/**
 * Adds what was done with a message below its line; repeats only count up, so that they cannot make the timeline grow.
 * @returns false where the timeline does not know the message (any more)
 */
export function noteUse(
  onboarding: Onboarding,
  message: string,
  { state, verdict, at, lastAt, count, reply }: MessageUse,
): boolean {
  const line = messageLine(onboarding, message);
  if (line === undefined) return false;
  const { channel, template, attempts } = line;
  const use: DeliveryNote = {
    id: [message, state, ...(verdict === undefined ? [] : [verdict])].join('.'),
    channel,
    template,
    state,
    attempts,
    at,
    ...(verdict === undefined ? {} : { verdict }),
    ...(lastAt === undefined ? {} : { lastAt }),
    ...(count === undefined ? {} : { count }),
    ...(reply === undefined ? {} : { reply }),
  };
  changeChapter(onboarding, message, ([own, ...steps]) => (own === undefined ? [] : [own, ...withStep(steps, use)]));
  return true;
}

/** A repeated step stays one line: since when, until when, how often. */
function withStep(steps: Chapter, step: DeliveryNote): Chapter {
  const index = steps.findIndex(({ id }) => id === step.id);
  const older = steps[index];
  if (older === undefined) return [step, ...steps];
  return steps.with(index, {
    ...step,
    at: older.at,
    lastAt: step.lastAt ?? step.at,
    count: (older.count ?? 1) + (step.count ?? 1),
  });
}

function changeChapter(onboarding: Onboarding, message: string, change: (chapter: Chapter) => Chapter): void {
  const chapters = chaptersOf(onboarding.deliveries ?? []);
  const index = chapters.findIndex(([own]) => own?.id === message);
  const changed = index < 0 ? [change([]), ...chapters] : chapters.with(index, change(chapters[index] ?? []));
  onboarding.deliveries = changed.slice(0, messagesKept).flat().slice(0, linesKept);
}

function chaptersOf(lines: readonly DeliveryNote[]): Chapter[] {
  const chapters: DeliveryNote[][] = [];
  for (const line of lines) {
    const last = chapters.at(-1);
    if (last?.[0] !== undefined && line.id.startsWith(`${last[0].id}.`)) last.push(line);
    else chapters.push([line]);
  }
  return chapters;
}
