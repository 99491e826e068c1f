import { groupsPlace, type TextFrame } from '../port/text-frame.ts';
import type { ResourceType } from '../model/resource-type.ts';

/** Base URLs that frames are kept for: a caller names the host, so there may be any number. */
const mostKept = 100;

const frames = new WeakMap<ResourceType, Map<string, TextFrame>>();

/**
 * How the texts of a type's resources begin where a caller reaches the service at a base URL.
 * @param baseUrl without a slash at the end
 */
export function textFrameOf(type: ResourceType, baseUrl: string): TextFrame {
  const known = frames.get(type) ?? new Map<string, TextFrame>();
  frames.set(type, known);
  const frame = known.get(baseUrl) ?? makeFrame(type, baseUrl);
  if (known.size >= mostKept) known.clear();
  known.set(baseUrl, frame);
  return frame;
}

function makeFrame({ name, endpoint }: ResourceType, baseUrl: string): TextFrame {
  const place = JSON.stringify(`${baseUrl}${endpoint}/`).slice(0, -1);
  return [
    '{"id":"',
    { of: 'id' },
    `"${groupsPlace},"meta":{"resourceType":${JSON.stringify(name)},"created":"`,
    { of: 'created' },
    '","lastModified":"',
    { of: 'lastModified' },
    `","location":${place}`,
    { of: 'id' },
    '","version":"W/\\"',
    { of: 'version' },
    '\\""},',
  ];
}
