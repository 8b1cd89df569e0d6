/**
 * Who may call what. Used as `onRequest` of a route, so that a stranger is turned away before a body is read
 * or judged. Partner endpoints answer 401 to a token without ADMIN, as to a bad one; operator endpoints
 * answer 403 (contract "Auth").
 */
import type { FastifyRequest } from 'fastify';
import type { Role } from '../domain/account.ts';
import type { Caller } from '../operations/accounts/caller.ts';
import type { Author } from '../operations/audit/trail.ts';
import { passedCaller } from './approvals/pass.ts';
import type { AppContext } from './context.ts';
import { permissionDenied, unauthenticated } from './errors.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Set by the hooks of this file. */
    caller: Caller | null;
  }
}

export type Guard = (request: FastifyRequest) => Promise<void>;

/** One text for every reason, so that nothing is learnt from it. */
export const TOKEN_NEEDED = 'a valid bearer token is needed';

/** Any valid token. */
export const requireToken =
  (context: AppContext): Guard =>
  async (request) => {
    await identify(context, request);
  };

/** A valid token with the role ADMIN, else 401. */
export const requirePartner =
  (context: AppContext): Guard =>
  async (request) => {
    const caller = await identify(context, request);
    if (!hasRole(caller, 'ADMIN') && !isViewing(caller, request)) throw unauthenticated(TOKEN_NEEDED);
  };

/** A valid token, else 401, with the role OPERATOR, else 403. */
export const requireOperator =
  (context: AppContext): Guard =>
  async (request) => {
    const caller = await identify(context, request);
    if (!hasRole(caller, 'OPERATOR') && !isViewing(caller, request))
      throw permissionDenied('the role OPERATOR is needed');
  };

/** A valid token of a partner or an operator, else 401: for what both look up. */
export const requireReader =
  (context: AppContext): Guard =>
  async (request) => {
    const caller = await identify(context, request);
    const mayRead = hasRole(caller, 'ADMIN') || hasRole(caller, 'OPERATOR') || isViewing(caller, request);
    if (!mayRead) throw unauthenticated(TOKEN_NEEDED);
  };

/** A VIEWER may look at everything and change nothing. */
const isViewing = (caller: Caller, { method }: FastifyRequest): boolean =>
  (method === 'GET' || method === 'HEAD') && hasRole(caller, 'VIEWER');

export const hasRole = (caller: Caller, role: Role): boolean => caller.roles.includes(role);

/** The caller of a request that a guard has let through. */
export function callerOf(request: FastifyRequest): Caller {
  if (request.caller === null) throw unauthenticated(TOKEN_NEEDED);
  return request.caller;
}

/** Whom the audit trail names for what the request changes, and the call itself. */
export function authorOf(request: FastifyRequest): Author {
  const { operationId = request.routeOptions.url ?? '' } = (request.routeOptions.schema ?? {}) as Described;
  return {
    accountId: request.caller?.accountId ?? null,
    operation: operationId.replace(/ByExternalId$/, ''),
    address: request.ip,
    requestId: request.id,
    command: commandOf(request),
  };
}

/** What was sent, and what the path names within a loan. */
function commandOf({ params, body }: FastifyRequest): unknown {
  const { transaction_id: transactionId, charge_id: chargeId } = (params ?? {}) as Named;
  if (transactionId === undefined && chargeId === undefined) return body ?? undefined;
  return {
    ...(transactionId !== undefined && { transactionId }),
    ...(chargeId !== undefined && { chargeId }),
    ...(body as object | null | undefined),
  };
}

type Named = { readonly transaction_id?: string; readonly charge_id?: string };
type Described = { readonly operationId?: string };

async function identify(context: AppContext, request: FastifyRequest): Promise<Caller> {
  const token = /^bearer +([\w-]+\.[\w-]+\.[\w-]+)$/i.exec(request.headers.authorization ?? '')?.[1];
  const passed = passedCaller(request.headers);
  const caller = passed ?? (token === undefined ? null : await context.tokens.verify(token));
  if (caller === null) throw unauthenticated(TOKEN_NEEDED);
  request.caller = caller;
  return caller;
}
