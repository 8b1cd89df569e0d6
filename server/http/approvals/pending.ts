/** Which calls may wait for a second person, and what is answered while they do. */

/**
 * What would let one person be two: these need a second person themselves as soon as any other operation
 * does.
 */
export const GUARDED: ReadonlySet<string> = new Set(['setFourEyes', 'setAccountRoles', 'enableAccount']);

/** For the same reason these are refused then; they hold secrets, so they cannot wait. */
export function refusalOf(operation: string, body: unknown): string | undefined {
  const { roles } = (body ?? {}) as { roles?: readonly string[] };
  if (operation === 'createAccount' && roles?.includes('OPERATOR'))
    return 'some operations need a second person: create the account without OPERATOR, then set its roles';
  if (operation === 'setAccountPassword')
    return 'some operations need a second person: only the owner of an account can change its password';
  return undefined;
}

/** They end the waiting, change nothing, or hold or answer a secret that must not be kept. */
const NEVER = new Set([
  ...['approveCall', 'rejectCall', 'createAccount', 'setAccountPassword', 'changeOwnPassword'],
  ...['createWebhook', 'rotateWebhookSecret', 'previewLoan', 'previewLoanProduct'],
]);

/** The operation, whichever way the thing was addressed. */
export const nameOf = (operationId: string): string => operationId.replace(/ByExternalId$/, '');

export const mayWait = (method: string, operationId: string): boolean =>
  !['GET', 'HEAD'].includes(method.toUpperCase()) && !NEVER.has(nameOf(operationId));

/** For the document. */
export const PENDING_SCHEMA = {
  type: 'object',
  description: 'Nothing was done yet: the operation needs a second person (`GET /v1/four-eyes`)',
  required: ['approvalId', 'status', 'message'],
  properties: {
    approvalId: { type: 'string' },
    status: { type: 'string', enum: ['pending'] },
    message: { type: 'string' },
  },
  examples: [
    {
      approvalId: '7',
      status: 'pending',
      message: 'waits for another operator: POST /v1/approvals/7/approve',
    },
  ],
} as const;

export const PENDING_RESPONSE = {
  description: 'Waits for a second person',
  content: { 'application/json': { schema: { $ref: '#/components/schemas/PendingApproval' } } },
} as const;
