import { randomUUID } from 'node:crypto';
import type { Socket } from 'node:net';
import { invalidArgument, render } from '../errors.ts';

/**
 * What Node's parser could not read as HTTP never becomes a request; it still gets an answer of the
 * contract's shape.
 */
export function answerBrokenRequest(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy(error);
    return;
  }
  const { status, fault } = REASONS[error.code ?? ''] ?? MALFORMED;
  const { type, body } = render(invalidArgument(fault).answer, undefined);
  const head = [
    `HTTP/1.1 ${status}`,
    `Content-Type: ${type}`,
    `Content-Length: ${Buffer.byteLength(body)}`,
    `X-Request-Id: ${randomUUID()}`,
    'Connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
}

interface Reason {
  readonly status: string;
  readonly fault: { field: string; error: string };
}

const MALFORMED: Reason = {
  status: '400 Bad Request',
  fault: { field: 'request', error: 'is not valid HTTP' },
};

const REASONS: Readonly<Record<string, Reason>> = {
  ERR_HTTP_REQUEST_TIMEOUT: {
    status: '408 Request Timeout',
    fault: { field: 'request', error: 'took too long to arrive' },
  },
  HPE_HEADER_OVERFLOW: {
    status: '431 Request Header Fields Too Large',
    fault: { field: 'header', error: 'too large' },
  },
};
