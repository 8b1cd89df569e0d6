/**
 * For tests: a real HTTP server that answers what a script says, request by request, and keeps what it was
 * sent.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Received {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

/** One answer, or what to do to the connection instead. */
export type Reply =
  | { status: number; body?: unknown; headers?: Record<string, string>; text?: string }
  | 'hang up'
  | 'stay silent';

export interface FailingServer {
  readonly url: string;
  readonly received: readonly Received[];
  /** Requests of the api and of the token endpoint, apart. */
  readonly calls: () => readonly Received[];
  readonly tokenRequests: () => readonly Received[];
  close(): Promise<void>;
}

export interface Script {
  /** One after the other; the last one answers all further calls. */
  readonly calls: readonly Reply[];
  readonly tokens?: readonly Reply[];
}

const TOKEN_PATH = '/v1/auth/token';

export function tokenOf(claims: { iat: number; exp: number; nr?: number }): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part({ alg: 'RS256' })}.${part(claims)}.c2lnbmF0dXJl`;
}

const now = (): number => Math.floor(Date.now() / 1000);
export const longToken = (nr = 1): string => tokenOf({ iat: now(), exp: now() + 31_536_000, nr });

export async function startFailingServer(script: Script): Promise<FailingServer> {
  const received: Received[] = [];
  const isToken = (each: Received): boolean => each.path === TOKEN_PATH;
  const server = createServer(async (request, response) => {
    const it = await receive(request);
    received.push(it);
    const earlier = received.filter((each) => isToken(each) === isToken(it)).length - 1;
    const standard: readonly Reply[] = [{ status: 200, body: { token: longToken() } }];
    const replies = isToken(it) ? (script.tokens ?? standard) : script.calls;
    answer(response, replies[Math.min(earlier, replies.length - 1)] ?? 'hang up');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received,
    calls: () => received.filter((each) => !isToken(each)),
    tokenRequests: () => received.filter(isToken),
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function receive(request: IncomingMessage): Promise<Received> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const { method = '', url = '', headers } = request;
  return { method, path: url, headers, body: Buffer.concat(chunks).toString('utf8') };
}

function answer(response: ServerResponse, reply: Reply): void {
  if (reply === 'stay silent') return;
  if (reply === 'hang up') {
    response.destroy();
    return;
  }
  response.writeHead(reply.status, { 'content-type': 'application/json', ...reply.headers });
  response.end(reply.text ?? (reply.body === undefined ? undefined : JSON.stringify(reply.body)));
}
