import type { Html } from '../../page-kit/html.ts';
import type { IconName } from './icons.ts';

/** A way back, above the heading. */
export interface Crumb {
  readonly href: string;
  readonly text: string;
}

/** A page of the console, as a handler makes it; the shell puts navigation, notices and headers around it. */
export interface ConsolePage {
  readonly title: string;
  /** The sentence below the heading that says how things are. */
  readonly lead?: Html;
  /** What is at the far end of the heading: one button, or the moment of the numbers. */
  readonly deed?: Html;
  readonly crumbs?: readonly Crumb[];
  readonly body: Html;
  /** Its place in the navigation; that of its registration where it is absent. */
  readonly section?: IconName;
  readonly status?: number;
}

/** After a form that did its work: on to a page (303), which says so. */
export interface GoOn {
  readonly goOn: string;
}

/** Something other than a page: a file, or a framed document with a policy of its own. */
export interface Download {
  readonly content: string | Buffer | AsyncIterable<string>;
  readonly type: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** What a handler answers. */
export type ConsoleAnswer = ConsolePage | GoOn | Download;
