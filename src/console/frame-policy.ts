/** What a framed document may load beside what is in it. */
export interface FrameSources {
  /** The site of an image, such as a tenant's logo; '' for none. */
  readonly images?: string;
}

/**
 * The rules of a message in its frame: its own styles, no script, no form, nothing fetched but images inside it and
 * those of the site that is named.
 */
export function framePolicy({ images = '' }: FrameSources = {}): string {
  return [
    "default-src 'none'",
    "style-src 'unsafe-inline' data:",
    `img-src data: ${images}`.trim(),
    "form-action 'none'",
    "base-uri 'none'",
    "frame-ancestors 'self'",
    'sandbox',
  ].join('; ');
}
