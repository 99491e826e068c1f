import { html, type Html } from '../page-kit/html.ts';
import type { Visit } from './visit/visit.ts';

/** The words of a table of outcomes. */
export interface OutcomeWords {
  readonly caption: string;
  /** Head of the column of counts. */
  readonly counted: string;
  /** The words of the outcomes, as `imports`: `imports.outcome`, `imports.outcomes.created` and so on. */
  readonly words: 'bulk' | 'imports';
}

/** How many came to each outcome, and what that means. */
export function outcomeTable<Outcome extends string>(
  visit: Visit,
  { caption, counted, words }: OutcomeWords,
  outcomes: readonly Outcome[],
  counts: Readonly<Record<Outcome, number>>,
): Html {
  return html`<table>
    <caption class="unseen">${caption}</caption>
    <thead><tr><th scope="col">${visit.t(`${words}.outcome`)}</th><th scope="col"
      class="num">${counted}</th><th scope="col">${visit.t(`${words}.means`)}</th></tr></thead>
    <tbody>
      ${outcomes.map(
        (outcome) =>
          html`<tr><th scope="row">${visit.t(`${words}.outcomes.${outcome}`)}</th><td
            class="num">${visit.number(counts[outcome])}</td><td
              class="soft">${visit.t(`${words}.outcomeHints.${outcome}`)}</td></tr>`,
      )}
    </tbody>
  </table>`;
}
