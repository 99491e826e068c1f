import { Router, type RequestHandler } from 'express';

/** Handlers that run before those of a page. */
export interface PageGuards {
  /** The headers of pages, for every method. */
  readonly headers: readonly RequestHandler[];
  /** What a posted form must pass: limits, where it comes from, what it is. */
  readonly form: readonly RequestHandler[];
}

/**
 * Registers pages. A page names its path where it registers its handler and nowhere else, and cannot be served without
 * the headers, nor take a form that the guards have not passed.
 */
export class PageRouter {
  /** To be mounted. */
  readonly router = Router();
  readonly #guards: PageGuards;
  readonly #known = new Set<string>();

  constructor(guards: PageGuards) {
    this.#guards = guards;
  }

  /** A page that is looked at. */
  get(path: string, handler: RequestHandler): void {
    this.#guard(path);
    this.router.get(path, handler);
  }

  /** A form that is posted. */
  post(path: string, handler: RequestHandler): void {
    this.#guard(path);
    this.router.post(path, ...this.#guards.form, handler);
  }

  #guard(path: string): void {
    if (this.#known.has(path)) return;
    this.#known.add(path);
    this.router.all(path, ...this.#guards.headers);
  }
}
