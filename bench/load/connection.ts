/**
 * One HTTP/1.1 connection that is kept alive and has one call under way at a time. It does as little as can
 * be, because the one who measures runs on the same cores as what is measured.
 */
import { connect, type Socket } from 'node:net';

export interface Reply {
  readonly status: number;
  readonly body: string;
}

export interface Connection {
  /** Fails when the connection is lost before the answer is complete. */
  call(request: Buffer): Promise<Reply>;
  close(): void;
}

export interface CallText {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** The bytes of a call. */
export function requestOf({ method, path, headers, body }: CallText): Buffer {
  const head = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  const length =
    body === undefined
      ? ''
      : `content-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n`;
  return Buffer.from(
    `${method} ${path} HTTP/1.1\r\nhost: bench\r\n${head.join('')}${length}\r\n${body ?? ''}`,
  );
}

interface Waiting {
  readonly resolve: (reply: Reply) => void;
  readonly reject: (error: Error) => void;
}

/** Connects with the first call, and again after the connection was lost. */
export function openConnection({ host, port }: { readonly host: string; readonly port: number }): Connection {
  let socket: Socket | undefined;
  let waiting: Waiting | undefined;
  let received: Buffer[] = [];
  let size = 0;
  let wanted = 0;

  const take = (chunk: Buffer): void => {
    received.push(chunk);
    size += chunk.length;
    if (size < wanted) return;
    const whole = received.length === 1 ? chunk : Buffer.concat(received);
    const read = readReply(whole);
    if (typeof read === 'number') {
      [received, wanted] = [[whole], read];
      return;
    }
    [received, size, wanted] = [[], 0, 0];
    const heard = waiting;
    waiting = undefined;
    heard?.resolve(read);
  };
  const lose = (error: Error): void => {
    socket?.destroy();
    socket = undefined;
    [received, size, wanted] = [[], 0, 0];
    const heard = waiting;
    waiting = undefined;
    heard?.reject(error);
  };
  const open = (): Socket => {
    const fresh = connect({ host, port, noDelay: true });
    fresh.on('data', take);
    fresh.on('error', lose);
    fresh.on('close', () => {
      if (socket === fresh) lose(new Error('the connection was closed'));
    });
    return fresh;
  };
  return {
    call: (request) =>
      new Promise((resolve, reject) => {
        waiting = { resolve, reject };
        socket ??= open();
        socket.write(request);
      }),
    close: () => {
      socket?.destroy();
      socket = undefined;
    },
  };
}

const HEAD_END = Buffer.from('\r\n\r\n');

/** The reply, or how many bytes there must be before it is worth another look. */
export function readReply(bytes: Buffer): Reply | number {
  const end = bytes.indexOf(HEAD_END);
  if (end < 0) return bytes.length + 1;
  const head = bytes.toString('latin1', 0, end);
  const status = Number(head.slice(9, 12));
  const length = status === 204 ? 0 : Number(/\r\ncontent-length: *(\d+)/i.exec(head)?.[1] ?? Number.NaN);
  if (Number.isNaN(length)) throw new Error('an answer without a content-length cannot be measured');
  const total = end + HEAD_END.length + length;
  return bytes.length < total
    ? total
    : { status, body: bytes.toString('utf8', end + HEAD_END.length, total) };
}
