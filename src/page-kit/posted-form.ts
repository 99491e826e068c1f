import express, { type Request, type RequestHandler } from 'express';

/** A form that cannot be taken: `status` is the HTTP status to answer with. */
export class FormRefusedError extends Error {
  override readonly name = 'FormRefusedError';
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** How large a form may be. */
export interface FormLimits {
  /** As body-parser reads it. */
  readonly size: string;
  readonly fields: number;
}

const smallForm: FormLimits = { size: '16kb', fields: 20 };

/** Refuses what another site has a browser post. */
export function fromOurselves(ourOrigin: string): RequestHandler {
  return (request, _response, next) => {
    if (!comesFromOurselves(request, ourOrigin))
      throw new FormRefusedError(403, 'The form was posted from another site.');
    next();
  };
}

/**
 * Checks every POST: the form must come from our own page, be urlencoded and be small (16 KiB). `Sec-Fetch-Site`
 * decides where the browser sends it, else `Origin`; `Origin: null` is what a browser sends for our own forms under
 * `Referrer-Policy: no-referrer`, so there, and without either header, the signed form token alone decides.
 */
export function postedForm(ourOrigin: string, { size, fields }: FormLimits = smallForm): RequestHandler[] {
  return [
    fromOurselves(ourOrigin),
    (request, _response, next) => {
      if (request.is('application/x-www-form-urlencoded') === false)
        throw new FormRefusedError(415, 'A form must be urlencoded.');
      next();
    },
    express.urlencoded({ extended: false, limit: size, parameterLimit: fields }),
  ];
}

/** The text of a form's field; '' when it is absent. Of a field sent twice, the first. */
export function typed(request: Request, name: string): string {
  return typedAll(request, name)[0] ?? '';
}

/** All texts of a form's field that may be sent several times, such as ticked rows. */
export function typedAll(request: Request, name: string): readonly string[] {
  const fields: unknown = request.body;
  const value: unknown = isRecord(fields) && Object.hasOwn(fields, name) ? fields[name] : undefined;
  const values: readonly unknown[] = Array.isArray(value) ? value : [value];
  return values.filter((one) => typeof one === 'string');
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

function comesFromOurselves(request: Request, ourOrigin: string): boolean {
  const site = request.get('Sec-Fetch-Site');
  if (site !== undefined) return site === 'same-origin' || site === 'none';
  const origin = request.get('Origin');
  if (origin === undefined || origin === 'null' || origin === ourOrigin) return true;
  return URL.canParse(origin) && new URL(origin).host === request.get('Host');
}
