/** Plain calls of the auth host and of administration, as curl would make them: no client in between. */
import type { World } from '../world.ts';

export const PASSWORD = 'a password for tests';

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Record<string, unknown>;
}

async function answerOf(response: Response): Promise<Answer> {
  const text = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    body: text === '' ? {} : (JSON.parse(text) as Record<string, unknown>),
  };
}

export const basic = (email: string, password: string): string =>
  `Basic ${Buffer.from(`${email}:${password}`).toString('base64')}`;

/** `GET /v1/auth/token`. */
export async function askToken(world: World, email: string, password = PASSWORD): Promise<Answer> {
  const headers = { authorization: basic(email, password) };
  return answerOf(await fetch(`${world.authUrl}/v1/auth/token`, { headers }));
}

/** A token, which must be granted. */
export async function tokenOf(world: World, email: string, password = PASSWORD): Promise<string> {
  const { status, body } = await askToken(world, email, password);
  if (status !== 200) throw new Error(`no token for ${email}: ${status} ${JSON.stringify(body)}`);
  return String(body.token);
}

export interface Call {
  readonly token?: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A call of either host: `POST /v1/accounts` goes to the api, whole URLs anywhere. */
export async function call(world: World, line: string, { token, body, headers }: Call = {}): Promise<Answer> {
  const [method = 'GET', path = ''] = line.split(' ');
  const url = path.startsWith('http') ? path : world.apiUrl + path;
  const response = await fetch(url, {
    method,
    headers: {
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  return answerOf(response);
}

/** The parts of a token that anyone can read. */
export function readToken(token: string): {
  header: Record<string, unknown>;
  claims: Record<string, unknown>;
} {
  const [header = '', claims = ''] = token.split('.');
  const read = (part: string) =>
    JSON.parse(Buffer.from(part, 'base64url').toString()) as Record<string, unknown>;
  return { header: read(header), claims: read(claims) };
}
