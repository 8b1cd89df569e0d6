/** Customers of another system, thousands at a time, for operators. */
import { type Static, Type } from '@fastify/type-provider-typebox';
import { Refusal } from '../../domain/refusal.ts';
import { type CustomerLine, importCustomers } from '../../operations/imports/customers.ts';
import { orRefusal } from '../../operations/imports/decided.ts';
import type { RefusedLine } from '../../operations/imports/lines.ts';
import { requireOperator } from '../auth.ts';
import { bookOf } from '../book.ts';
import type { App, AppContext } from '../context.ts';
import { CustomerIn, readCustomer } from '../customers.ts';
import { IdempotencyHeader } from '../idempotency.ts';
import { endpoint } from '../openapi.ts';
import { answerImport, ImportOut, importFields, MOST_LINES, malformedLines } from './answers.ts';

const ImportIn = Type.Object({
  customers: Type.Array(CustomerIn, { minItems: 1, maxItems: MOST_LINES }),
  ...importFields,
});

export async function customerImportRoutes(app: App, context: AppContext): Promise<void> {
  const book = bookOf(context);
  const schema = {
    ...endpoint({
      id: 'importCustomers',
      tag: 'Imports',
      summary: 'Take over customers of another system, many at a time',
      description:
        'Each line is a customer as for `POST /v1/customers`. Lines that cannot be are answered with the ' +
        'reason and leave nothing behind; the others are stored together. A customer whose external id is in ' +
        'the book already is skipped, so the same lines may be sent again.',
      caller: 'operator',
      errors: ['aborted'],
    }),
    headers: IdempotencyHeader,
    body: ImportIn,
    response: { 200: ImportOut },
  };
  const options = { onRequest: requireOperator(context), schema, attachValidation: true };
  app.post('/v1/imports/customers', options, async (request, reply) => {
    const malformed = malformedLines(request, 'customers');
    const { customers: sent } = request.body;
    const read = readLines(sent, malformed);
    await answerImport(request, reply, {
      book,
      path: '/v1/imports/customers',
      wishes: request.body,
      sent,
      read,
      store: importCustomers,
    });
  });
}

function readLines(
  customers: readonly Static<typeof CustomerIn>[],
  malformed: ReadonlyMap<number, Refusal>,
): { lines: CustomerLine[]; refused: RefusedLine[] } {
  const lines: CustomerLine[] = [];
  const refused: RefusedLine[] = [];
  for (const [index, customer] of customers.entries()) {
    const line = index + 1;
    const outcome = malformed.get(index) ?? orRefusal(() => readCustomer(customer));
    if (outcome instanceof Refusal) refused.push({ line, refusal: outcome });
    else lines.push({ line, request: outcome });
  }
  return { lines, refused };
}
