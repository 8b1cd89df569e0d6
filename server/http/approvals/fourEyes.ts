/**
 * Keeps calls that need a second person: behind the guards and the validation of a route, so that only what
 * could be carried out waits, and in front of its work.
 */
import type { FastifyReply, FastifyRequest } from 'fastify';
import { remembered } from '../../operations/accounts/remembered.ts';
import { askForApproval } from '../../operations/approvals/approvals.ts';
import { change } from '../../operations/change.ts';
import { listFourEyesOperations } from '../../store/approvals/approvals.ts';
import { authorOf, callerOf } from '../auth.ts';
import { bookOf } from '../book.ts';
import type { App, AppContext } from '../context.ts';
import { permissionDenied } from '../errors.ts';
import { fingerprintOf } from '../idempotency.ts';
import { passedCaller } from './pass.ts';
import { GUARDED, mayWait, nameOf, refusalOf } from './pending.ts';

/** Operations that may be put under four eyes: all that change something, as routes are made. */
const eligible = new Set<string>();
export const isEligible = (operation: string): boolean => eligible.has(operation);

const REMEMBERED_MILLISECONDS = 2_000;

export function addFourEyes(app: App, context: AppContext): void {
  app.addHook('onRoute', ({ method, schema }) => {
    const { operationId } = (schema ?? {}) as { operationId?: string };
    if (operationId !== undefined && mayWait(String(method), operationId)) eligible.add(nameOf(operationId));
  });
  const settings = remembered<'all', ReadonlySet<string>>({
    clock: context.clock,
    milliseconds: REMEMBERED_MILLISECONDS,
    most: 1,
    read: async () => new Set(await listFourEyesOperations(context.db.read)),
  });
  app.addHook('preHandler', async (request, reply) => {
    const operation = operationOf(request);
    if (operation === undefined || passedCaller(request.headers)) return;
    const named = await settings.get('all');
    if (named.size === 0) return;
    const refusal = refusalOf(operation, request.body);
    if (refusal !== undefined) throw permissionDenied(refusal);
    const isKept = eligible.has(operation) && (named.has(operation) || GUARDED.has(operation));
    if (isKept) return keep(context, operation, { request, reply });
  });
}

function operationOf(request: FastifyRequest): string | undefined {
  const { operationId } = (request.routeOptions.schema ?? {}) as { operationId?: string };
  const isReading = request.method === 'GET' || request.method === 'HEAD';
  return operationId === undefined || isReading || request.caller === null ? undefined : nameOf(operationId);
}

async function keep(
  context: AppContext,
  operation: string,
  { request, reply }: { request: FastifyRequest; reply: FastifyReply },
): Promise<FastifyReply> {
  const { method, url: path, body } = request;
  const key = request.headers['idempotency-key'];
  const book = bookOf(context);
  const { id } = await change(book, authorOf(request), (tx) =>
    askForApproval(tx, book, {
      ...{ operation, method, path, body: body ?? null },
      fingerprint: fingerprintOf({ method, path, body: body ?? null }),
      idempotencyKey: typeof key === 'string' ? key : null,
      requestedBy: callerOf(request).accountId,
    }),
  );
  return reply.code(202).send({
    approvalId: String(id),
    status: 'pending',
    message: `waits for another operator: POST /v1/approvals/${id}/approve`,
  });
}
