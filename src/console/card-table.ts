import { html, type Html, type Renderable } from '../page-kit/html.ts';

/** A column: what stands above it, and beside each cell where a row is a card. */
export interface Column {
  readonly head: string;
  /** Seen by screen readers alone, such as above buttons. */
  readonly unseen?: boolean;
  /** Numbers stand at the end. */
  readonly num?: boolean;
}

/** A table to be shown. */
export interface CardTableParts {
  /** What the table is called. */
  readonly caption: string;
  readonly columns: readonly Column[];
  /** Each with a cell for each column; an empty cell is left out of a card. */
  readonly rows: readonly (readonly Renderable[])[];
  /** Which column names the row; the first unless told otherwise. */
  readonly rowHead?: number;
  /** Rows of a log: on a phone two or three lines of text, not a card with a label before each value. */
  readonly brief?: boolean;
}

/** A table whose rows become cards on a phone, so that nothing has to be scrolled to the side. */
export function cardTable({ caption, columns, rows, rowHead = 0, brief = false }: CardTableParts): Html {
  const head = ({ head: text, unseen = false, num = false }: Column): Html =>
    html`<th role="columnheader" scope="col"${num && html` class="num"`}>${
      unseen ? html`<span class="unseen">${text}</span>` : text
    }</th>`;
  const cell = (content: Renderable, at: number): Html => {
    const { head: text = '', unseen = false, num = false } = columns[at] ?? { head: '' };
    if (at === rowHead) return html`<th role="rowheader" scope="row">${content}</th>`;
    const isEmpty = content === false || content === undefined || content === null || content === '';
    const label = !isEmpty && !unseen && html` data-label="${text}"`;
    const place = num ? html` class="num"` : unseen && !isEmpty && html` class="deed"`;
    return html`<td role="cell"${place}${label}>${!isEmpty && html`<span>${content}</span>`}</td>`;
  };
  return html`<table class="cards wrap${brief && ' brief'}" role="table">
    <caption class="unseen">${caption}</caption>
    <thead role="rowgroup"><tr role="row">${columns.map(head)}</tr></thead>
    <tbody role="rowgroup">${rows.map((cells) => html`<tr role="row">${cells.map(cell)}</tr>`)}</tbody>
  </table>`;
}
