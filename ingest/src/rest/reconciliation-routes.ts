import { ReconciliationReport, ReconciliationRequest } from '@jostle/contracts';
import Type from '@jostle/contracts/typebox';
import { notFound } from './not-found.ts';
import type { ServerDeps } from './server-deps.ts';
import { errorAnswers, type TypedApp } from './typed-app.ts';

/** Comparisons of the inbox with the telemetry store. */
export function reconciliationRoutes(app: TypedApp, { reconciliations }: ServerDeps): void {
  app.post(
    '/telemetry/reconciliations',
    {
      schema: {
        tags: ['telemetry'],
        operationId: 'start-reconciliation',
        summary: 'Compare the inbox with the telemetry store, hour by hour of each device',
        description:
          'Without a range all that the inbox keeps. Ask for the report until its state is "done" or "failed".',
        body: ReconciliationRequest,
        response: { 202: ReconciliationReport, ...errorAnswers(400, 401) },
      },
    },
    async ({ body }, reply) => {
      const report = await reconciliations.request(body);
      return reply
        .status(202)
        .header('location', `/api/v1/telemetry/reconciliations/${report.id}`)
        .send(report);
    },
  );

  app.get(
    '/telemetry/reconciliations/:id',
    {
      schema: {
        tags: ['telemetry'],
        operationId: 'get-reconciliation',
        summary: 'How far a comparison is, and what it found',
        params: Type.Object({ id: Type.String({ maxLength: 64 }) }),
        response: { 200: ReconciliationReport, ...errorAnswers(401, 404) },
      },
    },
    async ({ params: { id } }) => {
      const report = await reconciliations.report(id);
      if (report === undefined) throw notFound('reconciliation', id);
      return report;
    },
  );
}
