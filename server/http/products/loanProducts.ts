/** Loan products over HTTP: read by partners, made and changed by operators (contract "Loan products"). */
import { type Static, Type } from '@fastify/type-provider-typebox';
import type { FastifyRequest } from 'fastify';
import { change } from '../../operations/change.ts';
import {
  addProduct,
  changeProduct,
  previewDraft,
  requireProduct,
  setProductStatus,
} from '../../operations/products/products.ts';
import { listProducts, listProductVersions } from '../../store/loanProducts.ts';
import { authorOf, requireOperator, requirePartner } from '../auth.ts';
import { bookOf } from '../book.ts';
import type { App, AppContext } from '../context.ts';
import { answerPost, IdempotencyHeader } from '../idempotency.ts';
import { PreviewOut, previewOut } from '../loans/answers.ts';
import { dueOn } from '../loans/loans.ts';
import { chosenTermFields, readChosenTerms } from '../loans/terms.ts';
import { type EndpointDescription, endpoint } from '../openapi.ts';
import { DateIn, IdPath, PositiveMoneyIn, readDate, readId, withoutAbsent } from '../values.ts';
import type { Routes } from '../verbs.ts';
import { productOut, statedProduct } from './answers.ts';
import {
  type GivenProduct,
  type GivenTerms,
  ProductChange,
  ProductIn,
  ProductOut,
  ProductTermsIn,
} from './fields.ts';
import { readProduct } from './reading.ts';
import { under } from './under.ts';

const ProductPath = Type.Object({ product_id: IdPath });
const described = (it: Omit<EndpointDescription, 'tag'>) => endpoint({ ...it, tag: 'Loan products' });

export async function loanProductRoutes(app: App, context: AppContext): Promise<void> {
  const routes = { app, context, book: bookOf(context) };
  addReads(routes);
  addCreate(routes);
  addUpdate(routes);
  addStatus(routes, { verb: 'activate', status: 'active' });
  addStatus(routes, { verb: 'deactivate', status: 'inactive' });
  addVersions(routes);
  addPreview(routes);
}

function addReads({ app, context }: Routes): void {
  const onRequest = requirePartner(context);
  const listSchema = {
    ...described({ id: 'listLoanProducts', summary: 'List all loan products', caller: 'partner' }),
    response: { 200: Type.Object({ items: Type.Array(ProductOut) }) },
  };
  app.get('/v1/loan-products', { onRequest, schema: listSchema }, async () => {
    return { items: (await listProducts(context.db.read)).map(productOut) };
  });
  const getSchema = {
    ...described({
      id: 'getLoanProduct',
      summary: 'Get a loan product',
      caller: 'partner',
      errors: ['not_found'],
    }),
    params: ProductPath,
    response: { 200: ProductOut },
  };
  app.get('/v1/loan-products/:product_id', { onRequest, schema: getSchema }, async (request) =>
    productOut(await requireProduct(context.db.read, idOf(request))),
  );
}

const idOf = ({ params }: FastifyRequest): bigint =>
  readId((params as { product_id: string }).product_id, 'product_id');

function addCreate({ app, context, book }: Routes): void {
  const schema = {
    ...described({
      id: 'createLoanProduct',
      summary: 'Make a loan product',
      description:
        'Judged as a whole: loans at its standard terms and at its bounds must have a schedule that pays back ' +
        'what was lent. A refusal names every field at fault.',
      caller: 'operator',
      errors: ['aborted'],
    }),
    headers: IdempotencyHeader,
    body: ProductIn,
    response: { 200: ProductOut },
  };
  app.post('/v1/loan-products', { onRequest: requireOperator(context), schema }, async (request, reply) => {
    const draft = readProduct(request.body as GivenProduct, context.config.currency);
    await answerPost(request, reply, {
      book,
      path: '/v1/loan-products',
      work: async (tx) => productOut(await addProduct(tx, { book, by: authorOf(request) }, draft)),
    });
  });
}

function addUpdate({ app, context, book }: Routes): void {
  const schema = {
    ...described({
      id: 'updateLoanProduct',
      summary: 'Change a loan product',
      description:
        'What is left out stays, `null` takes a field back to its default. New terms bind new loans only: each ' +
        'loan keeps the terms it was made with. A change makes the next version.',
      caller: 'operator',
      errors: ['not_found', 'aborted'],
    }),
    params: ProductPath,
    body: ProductChange,
    response: { 200: ProductOut },
  };
  app.put(
    '/v1/loan-products/:product_id',
    { onRequest: requireOperator(context), schema },
    async (request) => {
      const by = authorOf(request);
      return change(book, by, async (tx) => {
        const product = await requireProduct(tx, idOf(request));
        const given = withoutAbsent({ ...statedProduct(product), ...request.body }) as GivenProduct;
        const draft = readProduct(given, context.config.currency);
        return productOut(await changeProduct(tx, { book, by }, { product, draft }));
      });
    },
  );
}

function addStatus(
  { app, context, book }: Routes,
  { verb, status }: { verb: 'activate' | 'deactivate'; status: 'active' | 'inactive' },
): void {
  const schema = {
    ...described({
      id: `${verb}LoanProduct`,
      summary: status === 'active' ? 'Offer a loan product again' : 'Stop offering a loan product',
      description: 'Loans that were made of it go on as before.',
      caller: 'operator',
      errors: ['not_found'],
    }),
    params: ProductPath,
    headers: IdempotencyHeader,
    response: { 200: ProductOut },
  };
  const onRequest = requireOperator(context);
  app.post(`/v1/loan-products/:product_id/${verb}`, { onRequest, schema }, async (request, reply) => {
    const id = idOf(request);
    await answerPost(request, reply, {
      book,
      path: `/v1/loan-products/${id}/${verb}`,
      work: async (tx) => productOut(await setProductStatus(tx, id, status)),
    });
  });
}

const VersionOut = Type.Object({
  ...ProductOut.properties,
  recordedAt: Type.String({ format: 'date-time', examples: ['2025-01-31T09:00:00.000Z'] }),
  madeBy: Type.Optional(Type.String({ description: 'The account; absent: the system itself' })),
});

function addVersions({ app, context }: Routes): void {
  const schema = {
    ...described({
      id: 'listLoanProductVersions',
      summary: 'Every version of a loan product, the newest first',
      caller: 'operator',
      errors: ['not_found'],
    }),
    params: ProductPath,
    response: { 200: Type.Object({ items: Type.Array(VersionOut) }) },
  };
  const onRequest = requireOperator(context);
  app.get('/v1/loan-products/:product_id/versions', { onRequest, schema }, async (request) => {
    const { id } = await requireProduct(context.db.read, idOf(request));
    const versions = await listProductVersions(context.db.read, id);
    const items = versions.map(({ product, madeBy, recordedAt }) => ({
      ...productOut(product),
      recordedAt: recordedAt.toISOString(),
      ...(madeBy !== null && { madeBy }),
    }));
    return { items: items as Static<typeof VersionOut>[] };
  });
}

const PreviewIn = Type.Object({
  product: ProductTermsIn,
  principal: Type.Optional(PositiveMoneyIn),
  expectedDisbursementDate: Type.Optional(DateIn),
  ...chosenTermFields,
});

function addPreview({ app, context, book }: Routes): void {
  const schema = {
    ...described({
      id: 'previewLoanProduct',
      summary: 'Show the loan that a product still being drafted would make',
      description:
        'The same numbers as a booked loan of it; charges that fall due on a specified date are left out. Nothing is ' +
        'written.',
      caller: 'operator',
      errors: ['permission_denied'],
    }),
    body: PreviewIn,
    response: { 200: PreviewOut },
  };
  app.post('/v1/loan-products/preview', { onRequest: requireOperator(context), schema }, async (request) => {
    const { product, principal, expectedDisbursementDate: day, ...chosen } = request.body;
    const named = { name: 'Draft', shortName: 'DRAFT', ...(product as GivenTerms) };
    const application = {
      principal,
      expectedDisbursementDate: day === undefined ? undefined : readDate(day, 'expectedDisbursementDate'),
      chosen: readChosenTerms(chosen),
    };
    const { state, businessDate } = await under('product', async () => {
      const draft = readProduct(named, context.config.currency);
      return previewDraft(book.db.read, book, { ...application, draft });
    });
    return previewOut(state, { productId: 0n, productName: 'Draft', ...dueOn(book, businessDate) });
  });
}
