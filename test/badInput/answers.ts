/** Whether an answer is one that the contract knows. */

const STATUS_OF_CODE: Readonly<Record<string, readonly number[]>> = {
  invalid_argument: [400, 413, 415],
  failed_precondition: [400],
  unauthenticated: [401],
  permission_denied: [403],
  not_found: [404],
  aborted: [409],
  resource_exhausted: [429],
};

/** What is wrong with the answer; null when it is a success or an error as the contract says. */
export async function wrongWith(response: Response): Promise<string | null> {
  const text = await response.text();
  if (!response.headers.get('x-request-id')) return 'no X-Request-Id';
  if (response.status >= 200 && response.status < 300) return null;
  const body = parsed(text);
  if (typeof body !== 'object' || body === null)
    return `status ${response.status} without JSON: ${cut(text)}`;
  const { code, message, ...rest } = body as Record<string, unknown>;
  if (Object.keys(rest).length > 0) return `more than code and message: ${Object.keys(rest).join(', ')}`;
  if (typeof message !== 'string' || typeof code !== 'string') return `no code or message: ${cut(text)}`;
  if (!STATUS_OF_CODE[code]?.includes(response.status)) return `status ${response.status} with ${cut(text)}`;
  return code === 'invalid_argument' ? wrongWithFields(message) : null;
}

function wrongWithFields(message: string): string | null {
  const list = parsed(message);
  if (!Array.isArray(list) || list.length === 0) return `invalid_argument without a list: ${cut(message)}`;
  const isField = (each: Record<string, unknown>): boolean =>
    Object.keys(each).sort().join() === 'error,field' && typeof each.field === 'string' && each.error !== '';
  return list.every(isField) ? null : `not a list of {field, error}: ${cut(message)}`;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const cut = (text: string): string => text.slice(0, 200);
