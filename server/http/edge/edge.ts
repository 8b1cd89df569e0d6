/**
 * The edge that both hosts share: limits and timeouts, request ids, security headers, JSON bodies, validation
 * of what came in, errors, the log line of each request, and refusing work while stopping or overloaded.
 */
import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import Fastify, {
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  LogController,
} from 'fastify';
import helmet from 'helmet';
import { passedCaller } from '../approvals/pass.ts';
import type { App, AppContext } from '../context.ts';
import { notFound, sendError, tooLarge, unavailable, wrongMediaType } from '../errors.ts';
import { answerBrokenRequest } from './brokenRequest.ts';
import { closeSchemas, prepareInput } from './input.ts';
import { readJsonBody } from './jsonBody.ts';
import { lazySchemas } from './lazySchemas.ts';
import { routeOf } from './metrics.ts';
import { RequestLog } from './requestLog.ts';

const BODY_LIMIT_BYTES = 1024 * 1024;
/**
 * 128 characters of an external id, decoded; a little more, so that 129 are refused by the schema and named.
 */
const LONGEST_PARAMETER = 1024;
const MOST_REQUESTS_IN_FLIGHT = 5000;

export function buildEdge(context: AppContext, host: 'api' | 'auth'): App {
  const log = context.log.child({ host });
  const app = Fastify({
    loggerInstance: log,
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: 'requestId' }),
    bodyLimit: BODY_LIMIT_BYTES,
    requestTimeout: 30_000,
    connectionTimeout: 60_000,
    keepAliveTimeout: 65_000,
    forceCloseConnections: 'idle',
    return503OnClosing: false,
    requestIdHeader: false,
    genReqId: requestId,
    childLoggerFactory: (logger, bindings, options) => new RequestLog(() => logger.child(bindings, options)),
    routerOptions: { maxParamLength: LONGEST_PARAMETER },
    trustProxy: context.config.trustedProxies ?? false,
    frameworkErrors: sendError,
    clientErrorHandler: answerBrokenRequest,
    schemaController: lazySchemas(),
    ajv: {
      customOptions: {
        removeAdditional: false,
        coerceTypes: false,
        useDefaults: true,
        allErrors: true,
        allowUnionTypes: true,
      },
    },
  }).withTypeProvider<TypeBoxTypeProvider>();
  app.decorateRequest('caller', null);
  app.addHook('onRoute', closeSchemas);
  addHeaders(app);
  addJsonBodies(app);
  addGate(app);
  addRequestLog(app, log);
  app.addHook('preValidation', prepareInput);
  app.setErrorHandler(sendError);
  app.setNotFoundHandler(() => {
    throw notFound('no such route');
  });
  return app;
}

/** The caller's own request id where it is one, so that a call can be followed through several systems. */
function requestId(request: IncomingMessage): string {
  const given = request.headers['x-request-id'];
  // Names the approval by which a call was carried out; nobody else may say so.
  if (String(given).startsWith('approval-') && !passedCaller(request.headers)) return randomUUID();
  return typeof given === 'string' && /^[\w.:/+=-]{1,128}$/.test(given) ? given : randomUUID();
}

function addJsonBodies(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser(
    'application/json',
    { parseAs: 'buffer' },
    async (request: FastifyRequest, body: Buffer) => {
      const encoding = request.headers['content-encoding'];
      if (encoding !== undefined && encoding !== 'identity')
        throw wrongMediaType('content-encoding is not supported');
      return readJsonBody(body);
    },
  );
  app.addHook('onRequest', (request, _reply, done) => {
    const length = Number(request.headers['content-length'] ?? 0);
    if (length > BODY_LIMIT_BYTES) done(tooLarge(`must not be larger than ${BODY_LIMIT_BYTES} bytes`));
    else done();
  });
}

/** They say the same in every answer, so they are made once. */
function secureHeaders(): readonly (readonly [name: string, value: string])[] {
  const headers: [string, string][] = [];
  const secure = helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] },
    },
    referrerPolicy: { policy: 'no-referrer' },
    crossOriginResourcePolicy: { policy: 'same-origin' },
  });
  const answer = {
    setHeader: (name: string, value: string) => headers.push([name, value]),
    removeHeader: () => {},
  };
  secure({} as IncomingMessage, answer as unknown as ServerResponse, () => {});
  return headers;
}

function addHeaders(app: FastifyInstance): void {
  const headers = secureHeaders();
  app.addHook('onRequest', (request, reply, done) => {
    for (const [name, value] of headers) reply.raw.setHeader(name, value);
    reply.header('x-request-id', request.id);
    reply.header('cache-control', 'no-store');
    done();
  });
}

/**
 * While stopping, what is in flight is finished and what comes new is sent elsewhere; likewise above the
 * limit.
 */
function addGate(app: FastifyInstance): void {
  let isStopping = false;
  let inFlight = 0;
  app.addHook('preClose', async () => {
    isStopping = true;
    closeWhenIdle(app);
  });
  const leave = (): void => {
    inFlight -= 1;
  };
  app.addHook('onRequest', (request, reply, done) => {
    inFlight += 1;
    reply.raw.once('close', leave);
    const isFull = inFlight > MOST_REQUESTS_IN_FLIGHT && routeOf(request) !== '/livez';
    if (isStopping) done(unavailable('shutting down'));
    else if (isFull) done(unavailable('overloaded'));
    else done();
  });
  app.addHook('onSend', (...[, reply, payload, done]) => {
    if (isStopping) reply.header('connection', 'close');
    done(null, payload);
  });
}

const IDLE_CHECK_MILLISECONDS = 20;

/**
 * A connection whose last answer went out just before the stop would otherwise be waited for until it times
 * out.
 */
function closeWhenIdle(app: FastifyInstance): void {
  if (!app.server.listening) return;
  const timer = setInterval(() => app.server.closeIdleConnections(), IDLE_CHECK_MILLISECONDS);
  timer.unref();
  app.server.once('close', () => clearInterval(timer));
}

function addRequestLog(app: FastifyInstance, log: FastifyBaseLogger): void {
  // These lines hold nothing that would have to be taken out; looking for it costs more than writing them.
  const plain = log.child({}, { redact: [] });
  app.addHook('onResponse', (request, reply, done) => {
    logRequest(plain, request, reply);
    done();
  });
}

function logRequest(log: FastifyBaseLogger, request: FastifyRequest, reply: FastifyReply): void {
  const route = routeOf(request);
  const isProbe = route === '/livez' || route === '/readyz' || route === '/metrics';
  // What is undefined is left out of the line.
  log[isProbe ? 'debug' : 'info'](
    {
      requestId: request.id,
      method: request.method,
      route,
      status: reply.statusCode,
      milliseconds: Math.round(reply.elapsedTime * 10) / 10,
      accountId: request.caller?.accountId,
    },
    'request',
  );
}
