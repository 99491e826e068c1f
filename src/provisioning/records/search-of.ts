import type { ResourceType } from '../../scim/model/resource-type.ts';
import { buildSearchDocument, type SearchDocument, type SearchNode } from '../../scim/search/search-document.ts';
import type { StoredRecord } from './resource-store.ts';

/**
 * The search document of a record.
 * @param more what it holds beside the resource, by extension
 */
export function searchOf(type: ResourceType, record: StoredRecord, more: SearchDocument = {}): SearchDocument {
  const document = buildSearchDocument(type, record);
  const extended = Object.entries(more).map(([key, part]) => [key, { ...objectOf(document[key]), ...objectOf(part) }]);
  return extended.length === 0 ? document : { ...document, ...(Object.fromEntries(extended) as SearchDocument) };
}

function objectOf(node: SearchNode | undefined): object {
  return typeof node === 'object' && !Array.isArray(node) ? node : {};
}
