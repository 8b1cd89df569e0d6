/** A partner's server that receives webhooks: it keeps what came and answers what it is told to answer. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Received {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly type: string;
  readonly loanId: string;
  readonly amount: number | undefined;
}

export interface Receiver {
  readonly url: string;
  /** What was answered with 2xx, in order. */
  readonly taken: readonly Received[];
  /** Everything that came, refused or not. */
  readonly received: readonly Received[];
  /** The status from now on, by message; `null`: never answers. */
  answerWith(status: (message: Received) => number | null): void;
  close(): Promise<void>;
}

export async function openReceiver(): Promise<Receiver> {
  const taken: Received[] = [];
  const received: Received[] = [];
  let statusOf: (message: Received) => number | null = () => 204;
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks).toString();
    const message = readMessage(request.url ?? '', request.headers, body);
    received.push(message);
    const status = statusOf(message);
    if (status === null) return;
    if (status >= 200 && status < 300) taken.push(message);
    response.writeHead(status, { location: '/elsewhere' }).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    taken,
    received,
    answerWith: (status) => {
      statusOf = status;
    },
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function readMessage(path: string, headers: NodeJS.Dict<string | string[]>, body: string): Received {
  const { type, data } = JSON.parse(body) as { type: string; data: { loanId: string; amount?: number } };
  const entries = Object.entries(headers).map(([name, value]) => [name, String(value)]);
  return {
    path,
    headers: Object.fromEntries(entries) as Record<string, string>,
    body,
    type,
    loanId: data.loanId,
    amount: data.amount,
  };
}
