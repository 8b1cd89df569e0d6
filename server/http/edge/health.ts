import { Type } from '@fastify/type-provider-typebox';
import { sqlState } from '../../store/failure.ts';
import { isMigrated } from '../../store/migrate.ts';
import type { App, AppContext } from '../context.ts';
import { unavailable } from '../errors.ts';
import { endpoint } from '../openapi.ts';

const Alive = Type.Object({ status: Type.Literal('ok') }, { examples: [{ status: 'ok' }] });

/** `/livez`: the process answers. `/readyz`: it can do its work; a load balancer asks this one. */
export function addHealth(app: App, context: AppContext): void {
  app.get(
    '/livez',
    {
      schema: {
        ...endpoint({ id: 'getLiveness', tag: 'Health', summary: 'The process answers', caller: 'anyone' }),
        response: { 200: Alive },
      },
    },
    async () => ({ status: 'ok' as const }),
  );
  app.get(
    '/readyz',
    {
      schema: {
        ...endpoint({
          id: 'getReadiness',
          tag: 'Health',
          summary: 'Database, tables and signing key are ready',
          caller: 'anyone',
          errors: ['unavailable'],
        }),
        response: { 200: Alive },
      },
    },
    async () => {
      const missing = await whatIsMissing(context);
      if (missing.length > 0) throw unavailable(`not ready: ${missing.join(', ')}`);
      return { status: 'ok' as const };
    },
  );
}

async function whatIsMissing(context: AppContext): Promise<string[]> {
  const [tables, keys] = await Promise.all([
    whatTablesLack(context),
    context.tokens.isReady().catch(() => false),
  ]);
  return [...tables, ...(keys ? [] : ['signing key'])];
}

const NO_SUCH_TABLE = '42P01';

async function whatTablesLack({ db }: AppContext): Promise<string[]> {
  try {
    return (await isMigrated(db.read)) ? [] : ['migrations'];
  } catch (error) {
    return [sqlState(error) === NO_SUCH_TABLE ? 'migrations' : 'database'];
  }
}
