import { setTimeout as sleep } from 'node:timers/promises';
import type { ImportView } from '../../imports/batch/import-view.ts';
import type { ImportTransport } from './import-transport.ts';

/** Where progress is told, and how. */
export interface Terminal {
  readonly isTTY: boolean;
  readonly write: (text: string) => void;
}

const pollMs = 200;

/**
 * Waits until an import has ended or paused. On a terminal the progress is one line that changes, elsewhere a line for
 * each phase.
 * @param wasStopped true after Ctrl-C: the run pauses after the people at hand
 */
export async function followImport(
  transport: ImportTransport,
  id: string,
  terminal: Terminal,
  wasStopped: () => boolean,
): Promise<ImportView> {
  let phase = '';
  let asked = false;
  let began = { at: performance.now(), done: 0 };
  for (;;) {
    const view = await transport.view(id);
    const { progress } = view;
    if (!['reading', 'planning', 'running', 'undoing'].includes(view.state)) {
      if (terminal.isTTY && phase !== '') terminal.write('\r\u001b[K');
      return view;
    }
    if (wasStopped() && !asked) {
      asked = true;
      const wish = view.actions.includes('pause') ? 'pause' : 'cancel';
      if (view.actions.includes(wish)) await transport.ask(id, wish).catch(() => undefined);
    }
    if (progress !== undefined) {
      if (progress.phase !== phase) {
        phase = progress.phase;
        began = { at: performance.now(), done: progress.done };
        if (!terminal.isTTY) terminal.write(`${phase}\n`);
      }
      if (terminal.isTTY) terminal.write(`\r\u001b[K${progressLine(progress, began)}`);
    }
    await sleep(pollMs);
  }
}

/** How far it is, how fast it goes, and how long it still takes. */
export function progressLine(
  { phase, done, total }: NonNullable<ImportView['progress']>,
  began: { readonly at: number; readonly done: number },
  now = performance.now(),
): string {
  const seconds = (now - began.at) / 1000;
  const rate = seconds > 0.5 ? (done - began.done) / seconds : 0;
  const share = total > 0 ? `${Math.floor((100 * done) / total)} %` : '';
  const speed = rate > 0 ? `  ${Math.round(rate)} a second  ${lasting((total - done) / rate)} left` : '';
  return `${phase}  ${done} of ${total}  ${share}${speed}`;
}

function lasting(seconds: number): string {
  if (seconds < 90) return `${Math.ceil(seconds)} s`;
  return seconds < 5400 ? `${Math.ceil(seconds / 60)} min` : `${Math.ceil(seconds / 3600)} h`;
}
