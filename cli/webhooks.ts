/** `loanbook webhooks ...`: who hears of events, and what became of the messages. Needs the role OPERATOR. */
import type { LoanbookClient } from '@loanbook/sdk';
import type { Command } from 'commander';
import { connect } from './connection.ts';
import { print, table } from './terminal.ts';

type WebhookChange = Parameters<LoanbookClient['webhooks']['change']>[1];

const COLUMNS = ['id', 'url', 'status', 'eventTypes', 'failuresInARow'];
const DELIVERY_COLUMNS = ['id', 'type', 'loanId', 'status', 'attempts', 'answered', 'reason', 'createdAt'];

export function addWebhooks(program: Command): void {
  const webhooks = program.command('webhooks').description('who hears of what happens');
  const isJson = (): boolean => program.opts().json === true;
  webhooks
    .command('list')
    .description('all endpoints')
    .action(async () => {
      const { items } = await (await connect()).webhooks.list();
      print(items, { json: isJson(), text: table(items, COLUMNS) });
    });
  webhooks
    .command('create <url>')
    .description('a new endpoint; the secret that verifies its messages is shown this once')
    .option('--event <type...>', 'what it hears of; everything when absent')
    .option('--description <text>', 'whose it is, what for')
    .action((url: string, flags: NewFlags) => create(url, { ...flags, json: isJson() }));
  webhooks
    .command('rotate-secret <id>')
    .description('a new secret; the old one signs too for a day')
    .action(async (id: string) =>
      showSecret(await (await connect()).webhooks.rotateSecret(id), { json: isJson() }),
    );
  webhooks
    .command('test <id>')
    .description('sends a message that means nothing')
    .action(async (id: string) => {
      const delivery = await (await connect()).webhooks.test(id);
      print(delivery, { json: isJson(), text: table([delivery], DELIVERY_COLUMNS) });
    });
  for (const status of ['enabled', 'disabled'] as const)
    webhooks
      .command(`${status === 'enabled' ? 'enable' : 'disable'} <id>`)
      .description(status === 'enabled' ? 'messages are sent again' : 'no more messages')
      .action(async (id: string) => {
        const changed = await (await connect()).webhooks.change(id, { status });
        print(changed, { json: isJson(), text: table([changed], COLUMNS) });
      });
  webhooks
    .command('change <id>')
    .description('another address, other events, another description')
    .option('--url <url>')
    .option('--event <type...>', 'what it hears of from now on')
    .option('--description <text>', 'whose it is, what for')
    .action(async (id: string, { event: eventTypes, ...rest }: NewFlags & { readonly url?: string }) => {
      const asked = { ...rest, ...(eventTypes && { eventTypes }) } as WebhookChange;
      const changed = await (await connect()).webhooks.change(id, asked);
      print(changed, { json: isJson(), text: table([changed], COLUMNS) });
    });
  webhooks
    .command('delete <id>')
    .description('forgets an endpoint and what waits for it')
    .action(async (id: string) => {
      await (await connect()).webhooks.delete(id);
      print({ id, deleted: true }, { json: isJson(), text: `webhook ${id} is deleted` });
    });
  addDeliveries(webhooks, isJson);
}

function addDeliveries(webhooks: Command, isJson: () => boolean): void {
  webhooks
    .command('deliveries <id>')
    .description('the last 100 messages of an endpoint, the newest first')
    .option('--status <status>', 'pending, delivered, failed or cancelled')
    .action(async (id: string, { status }: { status?: 'pending' }) => {
      const query = { rows: 100, ...(status !== undefined && { status }) };
      const { items } = await (await connect()).webhooks.deliveries(id, query);
      print(items, { json: isJson(), text: table(items, DELIVERY_COLUMNS) });
    });
  webhooks
    .command('replay <id>')
    .description('sends messages again: one, or all that were given up since an instant')
    .option('--delivery <id>', 'this one')
    .option('--since <instant>', 'those given up since, such as 2025-01-31T00:00:00Z', '1970-01-01T00:00:00Z')
    .action(async (id: string, { delivery, since }: { delivery?: string; since: string }) => {
      const client = await connect();
      if (delivery !== undefined) await client.webhooks.replayDelivery(id, delivery);
      const messages = delivery === undefined ? await replayAll(client, id, since) : 1;
      print({ messages }, { json: isJson(), text: `${messages} messages will be sent again` });
    });
}

/** Part by part, until there are no more. */
async function replayAll(
  { webhooks }: Awaited<ReturnType<typeof connect>>,
  id: string,
  since: string,
): Promise<number> {
  let messages = 0;
  for (;;) {
    const part = await webhooks.replay(id, { since });
    messages += part.messages;
    if (part.isPart !== true) return messages;
  }
}

interface NewFlags {
  readonly event?: readonly string[];
  readonly description?: string;
}

async function create(url: string, { event, description, json }: NewFlags & AsJson): Promise<void> {
  const client = await connect();
  const eventTypes = event as Parameters<typeof client.webhooks.create>[0]['eventTypes'];
  const made = await client.webhooks.create({
    url,
    ...(eventTypes && { eventTypes }),
    ...(description !== undefined && { description }),
  });
  showSecret(made, { json });
}

interface AsJson {
  readonly json: boolean;
}

function showSecret(made: { readonly id: string; readonly secret?: string }, { json }: AsJson): void {
  const shown = made.secret === undefined ? '' : `\nsecret: ${made.secret} (shown this once)`;
  print(made, { json, text: table([made as never], COLUMNS) + shown });
}
