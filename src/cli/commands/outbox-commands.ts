import { type Command, Option } from 'commander';
import type { Json } from '../../base/json.ts';
import type { ApiCommandTools } from '../api-command.ts';
import { linesFrom } from '../read-input.ts';
import { type OutputOptions, listAt, tableOf, textAt, valueAt } from '../output.ts';
import { UsageError } from '../usage-error.ts';

interface RequeueOptions extends OutputOptions {
  readonly state?: 'dead' | 'cancelled';
  readonly reason?: string;
}

const states = ['queued', 'leased', 'sent', 'dead', 'cancelled'] as const;

/** Adds `latchkey outbox` to the program, and `latchkey requeue`, its older name. */
export function addOutboxCommands(program: Command, { apiCommand }: ApiCommandTools): void {
  const outbox = program.command('outbox').description('deliveries: list them by state, send them again');
  apiCommand(
    outbox
      .command('list')
      .description('deliveries in a state, the newest first')
      .addOption(new Option('--state <state>', 'which').choices([...states]).default('dead'))
      .option('--count <number>', 'how many at most', '100'),
    async (api, output, { state, count }: OutputOptions & { state: string; count: string }) => {
      const query = new URLSearchParams({ state, count });
      const { body } = await api.call({ method: 'GET', path: `/admin/v1/deliveries?${query.toString()}` });
      const columns = [
        ['ID', 'id'],
        ['CHANNEL', 'channel'],
        ['TEMPLATE', 'template'],
        ['ATTEMPTS', 'attempts'],
        ['REPLY', 'reply'],
      ] as const;
      output.show(body, () => tableOf(columns, listAt(body, 'deliveries')));
    },
  );
  for (const [parent, name] of [
    [outbox, 'requeue'],
    [program, 'requeue'],
  ] as const)
    apiCommand(
      parent
        .command(`${name} [delivery]`)
        .description('send a dead or cancelled delivery again, or all of a state, if their users still wait for them')
        .addOption(new Option('--state <state>', 'all deliveries in this state').choices(['dead', 'cancelled']))
        .option('--reason <text>', 'of these, only those whose last reply has this text'),
      async (api, output, { state, reason }: RequeueOptions, delivery: string | undefined) => {
        if ((delivery === undefined) === (state === undefined) || (reason !== undefined && state === undefined))
          throw new UsageError('requeue takes the id of a delivery, or --state with an optional --reason');
        if (delivery !== undefined) {
          const path = `/admin/v1/deliveries/${encodeURIComponent(delivery)}/requeue`;
          const { body } = await api.call({ method: 'POST', path });
          return output.show(body, () => `${linesFrom(delivery)} is queued again`);
        }
        const requeued: Json[] = [];
        const refused: Json[] = [];
        let before: string | undefined;
        do {
          const order = { state: state ?? 'dead', count: 1000, ...(reason && { reason }), ...(before && { before }) };
          const { body } = await api.call({ method: 'POST', path: '/admin/v1/deliveries/requeue', body: order });
          requeued.push(...listAt(body, 'requeued'));
          refused.push(...listAt(body, 'refused'));
          const next = valueAt(body, 'next');
          before = typeof next === 'string' ? next : undefined;
        } while (before !== undefined);
        output.show({ requeued, refused }, () =>
          [
            ...refused.map((one) => `${textAt(one, 'id')}  not queued: ${textAt(one, 'reason')}`),
            `${requeued.length} queued again, ${refused.length} not`,
          ].join('\n'),
        );
      },
    );
}
