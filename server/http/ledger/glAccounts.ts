/** The chart of accounts, for operators. */
import { Type } from '@fastify/type-provider-typebox';
import type { GlAccountType } from '../../domain/ledger.ts';
import { change } from '../../operations/change.ts';
import { addGlAccount, changeGlAccount } from '../../operations/ledger/glAccounts.ts';
import { type ChartAccount, listGlAccounts } from '../../store/ledger/glAccounts.ts';
import { authorOf, requireOperator } from '../auth.ts';
import { bookOf } from '../book.ts';
import type { App, AppContext } from '../context.ts';
import type { ErrorCode } from '../errors.ts';
import { answerPost, IdempotencyHeader } from '../idempotency.ts';
import { endpoint } from '../openapi.ts';
import { noun } from '../values.ts';

/** A code as it goes out. */
export const GlCode = Type.String({ examples: ['1100'] });

export const AccountType = Type.Unsafe<GlAccountType>({
  type: 'string',
  enum: ['asset', 'liability', 'equity', 'income', 'expense'],
});

const NewCode = Type.String({
  pattern: '^[A-Za-z0-9][A-Za-z0-9._-]{0,31}$',
  description: '1 to 32 letters, digits, dots, dashes or underscores',
  examples: ['5400'],
});
const Name = Type.String({ minLength: 1, maxLength: 200, examples: ['Bank charges'] });
const Active = Type.Boolean({ description: 'Takes entries made by hand', examples: [true] });

const AccountOut = noun('GlAccount', { glCode: GlCode, name: Name, type: AccountType, active: Active });
const AccountPath = Type.Object({ gl_code: Type.String({ maxLength: 128 }) });

const accountOut = ({ code, name, type, active }: ChartAccount) => ({ glCode: code, name, type, active });

export async function glAccountRoutes(app: App, context: AppContext): Promise<void> {
  const onRequest = requireOperator(context);
  const book = bookOf(context);

  const listed = {
    ...operator('listGlAccounts', 'List the chart of accounts'),
    response: { 200: Type.Object({ items: Type.Array(AccountOut) }) },
  };
  app.get('/v1/gl-accounts', { onRequest, schema: listed }, async () => ({
    items: (await listGlAccounts(book.db.read)).map(accountOut),
  }));

  const created = {
    ...operator('createGlAccount', 'Add a GL account', ['aborted']),
    headers: IdempotencyHeader,
    body: Type.Object({ glCode: NewCode, name: Name, type: AccountType }),
    response: { 200: AccountOut },
  };
  app.post('/v1/gl-accounts', { onRequest, schema: created }, (request, reply) => {
    const { glCode, name, type } = request.body;
    return answerPost(request, reply, {
      book,
      path: '/v1/gl-accounts',
      work: async (tx) => accountOut(await addGlAccount(tx, { code: glCode, name, type })),
    });
  });

  const changed = {
    ...operator('updateGlAccount', 'Rename, deactivate or reactivate a GL account', ['not_found', 'aborted']),
    description: 'An account that an active loan product posts to stays active. Code and type never change.',
    params: AccountPath,
    body: Type.Object({ name: Type.Optional(Name), active: Type.Optional(Active) }),
    response: { 200: AccountOut },
  };
  app.put('/v1/gl-accounts/:gl_code', { onRequest, schema: changed }, async (request) => {
    const { name, active } = request.body;
    const code = request.params.gl_code;
    const asked = { code, name, active };
    return accountOut(await change(book, authorOf(request), (tx) => changeGlAccount(tx, asked)));
  });
}

const operator = (id: string, summary: string, errors: readonly ErrorCode[] = []) =>
  endpoint({ id, tag: 'Ledger', summary, caller: 'operator', errors });
