/**
 * The documents of the api: `/openapi.json`, the reference page `/docs` (all of it from this server, so that
 * it works without the internet), and `/llms.txt`, an index of both for programs that read.
 */
import swaggerUi from '@fastify/swagger-ui';
import { Type } from '@fastify/type-provider-typebox';
import type { App, AppContext } from '../context.ts';
import { documentOf, endpoint, plainText } from '../openapi.ts';

export async function addDocs(app: App, context: AppContext, auth: App): Promise<void> {
  let document: Record<string, unknown> | undefined;
  const read = (): Record<string, unknown> => {
    document ??= documentOf(app, auth, context.config);
    return document;
  };
  await app.register(swaggerUi, {
    routePrefix: '/docs',
    staticCSP: CONTENT_POLICY,
    transformSpecification: () => read(),
    transformSpecificationClone: false,
    // Without the bar on top, which offers to load other documents.
    uiConfig: { deepLinking: true, validatorUrl: null, layout: 'BaseLayout' },
    theme: { title: 'Loanbook API' },
  });
  app.get('/openapi.json', { schema: OPENAPI }, async (_request, reply) => reply.send(read()));
  app.get('/llms.txt', { schema: LLMS }, async (_request, reply) =>
    reply.type('text/plain; charset=utf-8').send(index(context)),
  );
}

/** Scripts and styles of the page come from this server only; nothing else is loaded. */
const CONTENT_POLICY = {
  'default-src': ["'none'"],
  'script-src': ["'self'"],
  'style-src': ["'self'", "'unsafe-inline'"],
  'img-src': ["'self'", 'data:'],
  'font-src': ["'self'", 'data:'],
  'connect-src': ["'self'"],
  'base-uri': ["'none'"],
  'frame-ancestors': ["'none'"],
};

const OPENAPI = {
  ...endpoint({
    id: 'getOpenApi',
    tag: 'Health',
    summary: 'This document (OpenAPI 3.1)',
    caller: 'anyone',
  }),
  response: {
    200: Type.Object({}, { additionalProperties: true, examples: [{ openapi: '3.1.0', paths: {} }] }),
  },
};

const LLMS = {
  ...endpoint({ id: 'getLlmsIndex', tag: 'Health', summary: 'Index of the documents', caller: 'anyone' }),
  response: { 200: plainText('# Loanbook\n\n> A loan management system') },
};

function index({ config }: AppContext): string {
  return `# Loanbook

> A loan management system: customers, loan products, loans, repayments and a double-entry ledger behind an
> HTTP API. Money is a JSON number with the currency's decimals, dates are YYYY-MM-DD, ids are opaque strings.

## API
- [OpenAPI 3.1 document](${config.apiUrl}/openapi.json): every route of both hosts, with errors and examples
- [Reference page](${config.apiUrl}/docs): the same, to read and try

## First calls
- Token: GET ${config.authUrl}/v1/auth/token with HTTP Basic email:password answers {"token"}
- Every other call: header "Authorization: Bearer <token>" to ${config.apiUrl}
- Errors are {"code", "message"}; retry "unavailable" with backoff, "internal" once, nothing else
- Send "Idempotency-Key" with every POST, so that a repeated call has one effect
`;
}
