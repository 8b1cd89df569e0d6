import type { FastifyReply, FastifyRequest } from 'fastify';
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { bookOf } from '../book.ts';
import type { App, AppContext } from '../context.ts';
import { endpoint, plainText } from '../openapi.ts';
import { alone, mergedFigures } from './peers.ts';
import { addWritingFigures } from './writingFigures.ts';

const BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/**
 * Prometheus figures of one host: requests and their durations by route and status, connections, event loop,
 * memory. A scrape is answered by one process for all that share its ports.
 */
export function addMetrics(app: App, context: AppContext, host: 'api' | 'auth'): void {
  const register = new Registry();
  const peers = context.peers ?? alone();
  register.setDefaultLabels({ host, worker: String(peers.worker) });
  peers.offer(host, () => register.metrics());
  collectDefaultMetrics({ register });
  addPoolGauge(register, context);
  if (host === 'api') addWritingFigures(register, bookOf(context).writing);
  const observe = requestMeter(register);
  app.addHook('onResponse', (request, reply, done) => {
    observe(request, reply);
    done();
  });
  app.get(
    '/metrics',
    {
      schema: {
        ...endpoint({ id: 'getMetrics', tag: 'Health', summary: 'Figures for Prometheus', caller: 'anyone' }),
        response: { 200: plainText('loanbook_http_requests_total{host="api",worker="1"} 42') },
      },
    },
    async (_request, reply) => reply.type(register.contentType).send(mergedFigures(await peers.gather(host))),
  );
}

function requestMeter(register: Registry): (request: FastifyRequest, reply: FastifyReply) => void {
  const labelNames = ['method', 'route', 'status'] as const;
  const registers = [register];
  const count = new Counter({
    name: 'loanbook_http_requests_total',
    help: 'Requests answered',
    labelNames,
    registers,
  });
  const duration = new Histogram({
    name: 'loanbook_http_request_duration_seconds',
    help: 'Time from the first byte of a request to the end of its answer',
    labelNames,
    buckets: BUCKETS,
    registers,
  });
  return (request, reply) => {
    const labels = { method: request.method, route: routeOf(request), status: String(reply.statusCode) };
    count.inc(labels);
    duration.observe(labels, reply.elapsedTime / 1000);
  };
}

/** The pattern of the route, never the URL: ids of people stay out, and the number of series stays small. */
export const routeOf = (request: FastifyRequest): string => request.routeOptions.url ?? 'unknown';

function addPoolGauge(register: Registry, { db }: AppContext): void {
  new Gauge({
    name: 'loanbook_database_connections',
    help: 'Connections of the pool, and requests waiting for one',
    labelNames: ['state'],
    registers: [register],
    collect() {
      const { total, idle, waiting } = db.connections();
      this.set({ state: 'busy' }, total - idle);
      this.set({ state: 'idle' }, idle);
      this.set({ state: 'waiting' }, waiting);
    },
  });
}
