/**
 * Stands between a client and PostgreSQL, shows a test what they say to each other, and cuts the connection
 * at the message that the test names.
 */
import { connect, createServer, type Socket } from 'node:net';

export interface Message {
  readonly from: 'client' | 'server';
  /** As the protocol has it: `S` of a client is Sync, `C` of the server CommandComplete. */
  readonly type: string;
  readonly text: string;
}

export interface Cutting {
  readonly url: string;
  readonly seen: readonly Message[];
  /** Cuts at the next message of which this holds: in its place, so that it never arrives. */
  cutAt(rule: (message: Message) => boolean): void;
  close(): Promise<void>;
}

export async function openCutting(serverUrl: string): Promise<Cutting> {
  const target = new URL(serverUrl);
  const seen: Message[] = [];
  const sockets = new Set<Socket>();
  let rule: ((message: Message) => boolean) | undefined;
  const isPassed = (message: Message): boolean => {
    seen.push(message);
    if (!rule?.(message)) return true;
    rule = undefined;
    return false;
  };
  const server = createServer((client) => {
    const database = connect(Number(target.port), target.hostname);
    // What has passed still arrives.
    const cut = (): void => [client, database].forEach((each) => void each.destroySoon());
    for (const socket of [client, database]) {
      sockets.add(socket);
      socket.on('error', cut).on('close', cut);
    }
    // The first message of a client has no type.
    forward({ from: 'client', source: client, sink: database, isUntyped: true }, { isPassed, cut });
    forward({ from: 'server', source: database, sink: client, isUntyped: false }, { isPassed, cut });
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const address = server.address();
  const url = new URL(serverUrl);
  url.host = `127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
  return {
    url: url.href,
    seen,
    cutAt: (wanted) => {
      rule = wanted;
    },
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((closed) => server.close(closed));
    },
  };
}

interface Direction {
  readonly from: Message['from'];
  readonly source: Socket;
  readonly sink: Socket;
  isUntyped: boolean;
}

interface Gate {
  isPassed(message: Message): boolean;
  cut(): void;
}

function forward(direction: Direction, { isPassed, cut }: Gate): void {
  const { from, source, sink } = direction;
  let waiting = Buffer.alloc(0);
  source.on('data', (chunk: Buffer) => {
    waiting = Buffer.concat([waiting, chunk]);
    for (;;) {
      const head = direction.isUntyped ? 0 : 1;
      if (waiting.length < head + 4) return;
      const length = head + waiting.readUInt32BE(head);
      if (waiting.length < length) return;
      const message = waiting.subarray(0, length);
      waiting = waiting.subarray(length);
      direction.isUntyped = false;
      const type = head === 0 ? '' : String.fromCharCode(message[0] ?? 0);
      if (!isPassed({ from, type, text: message.toString('utf8', head + 4) })) return cut();
      sink.write(message);
    }
  });
}
