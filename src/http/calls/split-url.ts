/** The path and the query of a request's target, each as it came; the query is empty where there is none. */
export function splitUrl(url: string): [path: string, query: string] {
  // What is sent to a proxy, and by some through one, names the whole address (RFC 9112 §3.2.2).
  const target = url.startsWith('/') ? url : url.replace(/^https?:\/\/[^/?]*/i, '');
  const mark = target.indexOf('?');
  return mark < 0 ? [target, ''] : [target.slice(0, mark), target.slice(mark + 1)];
}
