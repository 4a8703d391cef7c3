import helmet from '@fastify/helmet';
import fastifyStatic from '@fastify/static';
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import fastify, { type FastifyBaseLogger, LogController } from 'fastify';
import { apiKeyCheck, loopbackCheck } from './access.ts';
import { alertRoutes } from './alert-routes.ts';
import { completenessRoutes } from './completeness-routes.ts';
import { documentation } from './documentation.ts';
import { answerError, answerErrors } from './error-answers.ts';
import { healthRoutes } from './health-routes.ts';
import { importRoutes } from './import-routes.ts';
import { journeyRoutes } from './journey-routes.ts';
import { ledgerRoutes } from './ledger-routes.ts';
import { observationRoutes } from './observation-routes.ts';
import { quarantineRoutes } from './quarantine-routes.ts';
import type { ServerDeps } from './server-deps.ts';
import { shockRoutes } from './shock-routes.ts';
import type { TypedApp } from './typed-app.ts';
import { validateWithTypeBox } from './validation.ts';

/** Bytes of a JSON body: far above any one entry. Files of imports have their own limit. */
const BODY_LIMIT_BYTES = 256 * 1024;

/** The HTTP side of the service: API, documentation, health and the console's files. It does not listen yet. */
export async function buildServer(deps: ServerDeps): Promise<TypedApp> {
  const { apiKey, consoleDir } = deps.config;
  const logger: FastifyBaseLogger = deps.log;
  const app: TypedApp = fastify({
    loggerInstance: logger,
    // A console that asks every few seconds would fill the log; what fails is logged with its error.
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: BODY_LIMIT_BYTES,
    forceCloseConnections: true,
    frameworkErrors: answerError,
  }).withTypeProvider<TypeBoxTypeProvider>();
  app.setValidatorCompiler(validateWithTypeBox);
  // Answers are built from typed values; their schemas are for the reader of /docs.
  app.setSerializerCompiler(() => (answer) => (typeof answer === 'string' ? answer : JSON.stringify(answer)));
  answerErrors(app);

  await app.register(helmet, {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        'default-src': ["'self'"],
        'img-src': ["'self'", 'data:'],
        'frame-ancestors': ["'none'"],
        'base-uri': ["'none'"],
        'form-action': ["'self'"],
      },
    },
    // The service itself speaks plain HTTP behind whatever ends TLS; that one promises HTTPS.
    strictTransportSecurity: false,
  });
  const checkAccess = apiKey === undefined ? loopbackCheck : apiKeyCheck(apiKey);
  app.addHook('onRequest', async (request) => checkAccess(request));

  await documentation(app, apiKey !== undefined);
  healthRoutes(app, deps);
  await app.register(
    async (api: TypedApp) => {
      ledgerRoutes(api, deps);
      journeyRoutes(api, deps);
      shockRoutes(api, deps);
      observationRoutes(api, deps);
      quarantineRoutes(api, deps);
      completenessRoutes(api, deps);
      alertRoutes(api, deps);
      await importRoutes(api, deps);
    },
    { prefix: '/api/v1' },
  );
  if (consoleDir !== undefined) await app.register(fastifyStatic, { root: consoleDir });
  return app;
}
