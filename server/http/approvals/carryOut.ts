/**
 * Carries approved calls out. Approving is stored first, so a server that dies in between leaves a call that
 * is approved and not answered: whoever sends the approval again carries it out, else the round below does.
 * It takes effect once: a POST by its idempotency key; of the others the audit trail says whether they have
 * changed anything.
 */
import { setTimeout as pause } from 'node:timers/promises';
import type { InjectOptions } from 'fastify';
import type { Clock } from '../../clock.ts';
import { readAccount } from '../../operations/accounts/accounts.ts';
import type { Caller } from '../../operations/accounts/caller.ts';
import { requestIdOf, requireApproval } from '../../operations/approvals/approvals.ts';
import { inTurn } from '../../operations/approvals/inTurn.ts';
import { recordAnswer } from '../../operations/approvals/recordAnswer.ts';
import type { Approval } from '../../store/approvals/approvals.ts';
import { hasChanged, listUnanswered } from '../../store/approvals/carryingOut.ts';
import { bookOf } from '../book.ts';
import type { App, AppContext } from '../context.ts';
import { HttpFault, permissionDenied, unavailable } from '../errors.ts';
import { issuePass } from './pass.ts';

const isOpen = ({ status, answered }: Approval): boolean =>
  status === 'approved' && (answered === null || answered === 503);

const TRIES = 50;
const REST_MILLISECONDS = 200;

/** Answers how the call ended; waits while another process is at it. */
export async function carryOut(app: App, context: AppContext, id: bigint): Promise<Approval> {
  for (let tries = 0; tries < TRIES; tries += 1) {
    const approval = await requireApproval(context.db.read, id);
    if (!isOpen(approval)) return approval;
    const done = await carryOutOnce(app, context, id);
    if (done) return done;
    await pause(REST_MILLISECONDS);
  }
  throw unavailable('the call is being carried out: look again');
}

/** Answers undefined while another process is at it. */
const carryOutOnce = (app: App, context: AppContext, id: bigint): Promise<Approval | undefined> =>
  inTurn(context, id, async () => {
    const approval = await requireApproval(context.db.read, id);
    return isOpen(approval)
      ? recordAnswer(bookOf(context), approval, await answerOf(app, context, approval))
      : approval;
  });

interface CallAnswer {
  readonly status: number;
  readonly body: string;
}

async function answerOf(app: App, context: AppContext, approval: Approval): Promise<CallAnswer> {
  // What it answered was lost with the process that carried it out.
  const isDone = approval.method !== 'POST' && (await hasChanged(context.db.read, requestIdOf(approval.id)));
  if (isDone) return { status: 200, body: '' };
  try {
    return await call(app, approval, await requester(context, approval));
  } catch (error) {
    if (!(error instanceof HttpFault)) throw error;
    const { status, code, message } = error.answer;
    return { status, body: JSON.stringify({ code, message }) };
  }
}

/** The call as it came in, in the name of whoever asked for it, who must still be allowed to. */
async function call(app: App, approval: Approval, caller: Caller): Promise<CallAnswer> {
  const pass = issuePass(caller);
  const { id, idempotencyKey, method, path, body } = approval;
  const request: InjectOptions = {
    method: method as NonNullable<InjectOptions['method']>,
    url: path,
    headers: {
      ...pass.headers,
      'x-request-id': requestIdOf(id),
      ...(method === 'POST' && { 'idempotency-key': idempotencyKey || `approval ${id}` }),
    },
    ...(body !== null && { payload: body as object }),
  };
  try {
    const answer = await app.inject(request);
    return { status: answer.statusCode, body: answer.body };
  } finally {
    pass.withdraw();
  }
}

/** Refuses where the account is disabled. */
export async function requester(context: AppContext, { requestedBy }: Approval): Promise<Caller> {
  const account = await readAccount(context, requestedBy);
  if (account.disabledAt !== null)
    throw permissionDenied('the account that asked for this call is disabled: reject it');
  return { accountId: account.id, roles: account.roles, claims: {} };
}

const ROUND_MILLISECONDS = 5_000;
const MOST_IN_A_ROUND = 20;

/** As long as the host listens. Every process does it, now and then. */
export function carryOutLeftCalls(app: App, context: AppContext): void {
  const ending = new AbortController();
  app.addHook('onListen', async () => void repeat(app, context, ending.signal));
  app.addHook('preClose', async () => ending.abort());
}

async function repeat(app: App, context: AppContext, signal: AbortSignal): Promise<void> {
  while (await rested(signal)) {
    try {
      await carryOutLeft(app, context);
    } catch (error) {
      context.log.error({ err: error }, 'approved calls could not be looked for, it is tried again later');
    }
  }
}

/** A little more or less each time, so that processes started together do not stay together. */
const rested = (signal: AbortSignal): Promise<boolean> =>
  pause(ROUND_MILLISECONDS * (0.75 + Math.random() / 2), true, { signal, ref: false }).catch(() => false);

/** One round: calls that were approved a while ago and have no answer. Answers how many it carried out. */
export async function carryOutLeft(app: App, context: AppContext): Promise<number> {
  const most = MOST_IN_A_ROUND;
  let done = 0;
  for (const id of await listUnanswered(context.db.read, { before: aWhileAgo(context.clock), most })) {
    const approval = await carryOutOnce(app, context, id);
    if (approval === undefined) continue;
    done += 1;
    context.log.info(
      { approval: String(id), operation: approval.operation, answered: approval.answered },
      'an approved call that had no answer was carried out',
    );
  }
  return done;
}

/** Whoever approved it is still at it, mostly. */
const aWhileAgo = (clock: Clock): Date => new Date(clock.now().getTime() - ROUND_MILLISECONDS / 2);
