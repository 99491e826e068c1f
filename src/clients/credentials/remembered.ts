/** How long an ended credential, or a removed client, is remembered, so that its caller is told what happened: days. */
export const rememberedDays = 90;

const dayMs = 86_400_000;

/** A moment some days after another, as ISO 8601 UTC. */
export function daysAfter(moment: string | Date, days: number): string {
  return new Date(new Date(moment).getTime() + days * dayMs).toISOString();
}
