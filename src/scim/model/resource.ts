import type { JsonObject } from '../../base/json.ts';

/**
 * A SCIM resource or a part of one, in canonical spelling: core attributes at the top, each extension's attributes in
 * an object under its URN (RFC 7643 §3). Unassigned attributes are absent: never null, never an empty array (§2.5).
 */
export type Resource = JsonObject;

/** The `meta` attribute (RFC 7643 §3.1); `version` is the weak entity tag of RFC 7644 §3.14. */
export interface Meta {
  resourceType: string;
  created: string;
  lastModified: string;
  location: string;
  version: string;
}
