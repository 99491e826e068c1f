/** The part of an address from the question mark on; what is empty is left out. */
export function searchText(query: Readonly<Record<string, string | number | undefined>>): string {
  const given = Object.entries(query).flatMap(([name, value]) =>
    value === undefined || value === '' ? [] : [[name, String(value)] as [string, string]],
  );
  const search = new URLSearchParams(given).toString();
  return search === '' ? '' : `?${search}`;
}
