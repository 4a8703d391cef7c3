import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { JostleError, RestoreReport } from '@jostle/contracts';
import Type from '@jostle/contracts/typebox';
import type { ServerDeps } from './server-deps.ts';
import { errorAnswers, type TypedApp } from './typed-app.ts';

/** Lines of JSON: the head, then for each table its rows and its end. */
const CONTENT_TYPE = 'application/x-ndjson';

/** The whole store out of the running service and into it; to be registered in a scope of its own. */
export function backupRoutes(app: TypedApp, { backups }: ServerDeps): void {
  app.addHook('onClose', () => backups.stop());
  // Read as it arrives: a backup is larger than any memory. Nothing else is a backup.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser(CONTENT_TYPE, async (_: unknown, body: IncomingMessage) => body);

  app.post(
    '/backup',
    {
      schema: {
        tags: ['backup'],
        operationId: 'take-backup',
        summary: 'Everything in the store at this moment; an answer without its last line is not a backup',
        response: { 200: Type.Unsafe<Readable>({ type: 'string' }), ...errorAnswers(401, 409) },
      },
    },
    async (_, reply) =>
      reply
        .type(CONTENT_TYPE)
        .header('cache-control', 'no-store')
        .send(await backups.backup()),
  );

  app.post(
    '/restore',
    {
      schema: {
        tags: ['backup'],
        operationId: 'restore-backup',
        summary: 'Replace everything in the store by a backup; where that fails nothing changes',
        description:
          'Nothing is stored meanwhile. What devices sent after the backup and got a receipt for is gone from them.',
        consumes: [CONTENT_TYPE],
        querystring: Type.Object(
          { replace: Type.Boolean({ default: false, description: 'Also where the store is not empty.' }) },
          { additionalProperties: false },
        ),
        response: { 200: RestoreReport, ...errorAnswers(400, 401, 408, 409, 422) },
      },
    },
    async ({ body, query: { replace } }) => {
      if (!(body instanceof Readable))
        throw new JostleError('REST_REQUEST_INVALID', `The body has to be a backup, as ${CONTENT_TYPE}`);
      return backups.restore(body, replace);
    },
  );
}
