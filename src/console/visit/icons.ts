import { html, type Html } from '../../page-kit/html.ts';

/** One grid of 24 units, stroke 2, in the colour of the text around. */
const paths = {
  home: 'M4 11l8-7 8 7v9h-5v-6H9v6H4z',
  people: 'M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM4.5 20.5c.6-4 3.5-6 7.5-6s6.9 2 7.5 6',
  groups:
    'M9 11a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7zM2.5 20c.5-3.6 2.9-5.5 6.5-5.5s6 1.9 6.5 5.5M15.5 4.3a3.5 '
    + '3.5 0 0 1 0 6.4M17.5 14.8c2.3.7 3.6 2.5 4 5.2',
  deliveries: 'M3.5 6h17v12h-17zM4 6.5l8 6.5 8-6.5',
  requests: 'M4 6h16M4 12h16M4 18h10',
  imports: 'M12 16V4M7 9l5-5 5 5M4 16v4h16v-4',
  clients: 'M9 3v5M15 3v5M6 8h12v3a6 6 0 0 1-12 0zM12 17v4',
  webhooks: 'M9 8a3.5 3.5 0 1 1 5 3l3 5M6.5 12.5a3.5 3.5 0 1 0 3.5 4.5h6M17 13.5a3.5 3.5 0 1 1-2 6.3M12 8l-3.5 6',
  messages: 'M4 5h16v11H11l-4 4v-4H4z',
  settings: 'M4 7h9M17 7h3M4 17h3M11 17h9M15 5v4M9 15v4',
  administrators: 'M12 3l8 3v5.5c0 4.5-3 7.5-8 9.5-5-2-8-5-8-9.5V6z',
  audit: 'M6 3h9l4 4v14H6zM9.5 12h6M9.5 16h6M14.5 3.5V8H19',
  tenants: 'M4 21V8l8-5 8 5v13M9 21v-6h6v6M8.5 11h.1M15.5 11h.1',
  menu: 'M4 7h16M4 12h16M4 17h16',
  choose: 'M8 9.5l4-4 4 4M8 14.5l4 4 4-4',
  search: 'M10.5 17a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13zM15.5 15.5L20 20',
  onward: 'M9 5l7 7-7 7',
  back: 'M15 5l-7 7 7 7',
  copy: 'M9 9h11v11H9zM5 15H4V4h11v1',
  tick: 'M5 12.5l4.5 4.5L19 7.5',
  cross: 'M6 6l12 12M18 6L6 18',
  plus: 'M12 5v14M5 12h14',
  none: 'M12 20.5a8.5 8.5 0 1 0 0-17 8.5 8.5 0 0 0 0 17zM8.5 12h7',
  held: 'M12 20.5a8.5 8.5 0 1 0 0-17 8.5 8.5 0 0 0 0 17zM10 9v6M14 9v6',
  queued: 'M12 20.5a8.5 8.5 0 1 0 0-17 8.5 8.5 0 0 0 0 17zM12 7.5V12l3 2',
  retrying: 'M19.5 12a7.5 7.5 0 1 1-2.2-5.3L20 9.5M20 4.5v5h-5',
  invited: 'M20.5 3.5L3.5 10.5l7 3 3 7zM10.5 13.5l4.5-4.5',
  delivered: 'M3.5 13l3-8h11l3 8v6h-17zM3.5 13h5l1.5 2.5h4l1.5-2.5h5',
  bounced: 'M9 5L4 10l5 5M4.5 10H14a6 6 0 0 1 6 6v3',
  expired: 'M7 3.5h10M7 20.5h10M8 3.5v3.5l4 5-4 5v3.5M16 3.5v3.5l-4 5 4 5v3.5',
  failed: 'M12 20.5a8.5 8.5 0 1 0 0-17 8.5 8.5 0 0 0 0 17zM12 7.5v5.5M12 16.3v.1',
  locked: 'M6 11h12v9H6zM8.5 11V8a3.5 3.5 0 0 1 7 0v3',
  key: 'M8 16a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM12 12h9M17 12v3.5M20.5 12v2.5',
  info: 'M12 20.5a8.5 8.5 0 1 0 0-17 8.5 8.5 0 0 0 0 17zM12 11v5.5M12 7.6v.1',
} as const;

/** The name of an icon. */
export type IconName = keyof typeof paths;

/** Those that point on or back, and so to the other side where text runs from right to left. */
const turned: readonly IconName[] = ['onward', 'back', 'bounced', 'invited'];

/** An icon that only decorates the words beside it. */
export function icon(name: IconName): Html {
  return html`<svg
    class="icon${turned.includes(name) && ' flip'}"
    viewBox="0 0 24 24"
    width="16"
    height="16"
    fill="none"
    stroke="currentColor"
    stroke-width="2"
    stroke-linecap="round"
    stroke-linejoin="round"
    aria-hidden="true"
    focusable="false"
  >
    <path d="${paths[name]}" />
  </svg>`;
}
