/**
 * The two hosts. `api` serves the book, the document and the reference page; `auth` serves tokens and public
 * keys. Both stand on the same edge: limits, request ids, JSON bodies, errors, log, figures, health.
 */
import { ensureSigningKey } from '../operations/accounts/signingKeys.ts';

import { authRoutes } from './accounts/tokens.ts';
import { addFourEyes } from './approvals/fourEyes.ts';
import type { App, AppContext } from './context.ts';
import { addDocs } from './edge/docs.ts';
import { buildEdge } from './edge/edge.ts';
import { addHealth } from './edge/health.ts';
import { addMetrics } from './edge/metrics.ts';
import { recordRoutes } from './openapi.ts';
import { apiRoutes } from './routes.ts';

export async function buildApi(context: AppContext): Promise<App> {
  const app = buildEdge(context, 'api');
  await recordRoutes(app, context.config);
  addHealth(app, context);
  addMetrics(app, context, 'api');
  addFourEyes(app, context);
  for (const routes of apiRoutes) await app.register(async (scope) => routes(scope, context));
  await addDocs(app, context, await recordedAuth(context));
  await app.ready();
  return app;
}

export async function buildAuth(context: AppContext): Promise<App> {
  await ensureSigningKey(context);
  const app = buildEdge(context, 'auth');
  addHealth(app, context);
  addMetrics(app, context, 'auth');
  await app.register(async (scope) => authRoutes(scope, context));
  await app.ready();
  return app;
}

/** The auth host's routes written down, for the document that the api serves. */
async function recordedAuth(context: AppContext): Promise<App> {
  const app = buildEdge(context, 'auth');
  await recordRoutes(app, context.config);
  await app.register(async (scope) => authRoutes(scope, context));
  await app.ready();
  return app;
}
