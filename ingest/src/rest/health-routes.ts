import Type from '@jostle/contracts/typebox';
import type { ServerDeps } from './server-deps.ts';
import type { TypedApp } from './typed-app.ts';

const Readiness = Type.Object({
  isReady: Type.Boolean(),
  parts: Type.Array(Type.Object({ part: Type.String(), isReady: Type.Boolean(), detail: Type.String() })),
});

/** For the supervisor (`/healthz`: alive), the load balancer (`/readyz`: of use) and Prometheus. */
export function healthRoutes(app: TypedApp, { health, metrics }: ServerDeps): void {
  app.get(
    '/healthz',
    {
      schema: {
        tags: ['health'],
        operationId: 'get-health',
        summary: 'The process is alive',
        response: { 200: Type.Object({ isAlive: Type.Boolean() }) },
      },
    },
    async () => ({ isAlive: true }),
  );

  app.get(
    '/readyz',
    {
      schema: {
        tags: ['health'],
        operationId: 'get-readiness',
        summary: 'Every part of the service works',
        response: { 200: Readiness, 503: Readiness },
      },
    },
    async (_, reply) => {
      const parts = [...health()];
      const isReady = parts.every((part) => part.isReady);
      return reply.status(isReady ? 200 : 503).send({ isReady, parts });
    },
  );

  app.get(
    '/metrics',
    {
      schema: {
        tags: ['health'],
        operationId: 'get-metrics',
        summary: 'Metrics in the Prometheus text format',
        response: { 200: Type.String() },
      },
    },
    async (_, reply) => reply.type(metrics.contentType).send(await metrics.metrics()),
  );
}
