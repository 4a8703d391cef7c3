import type { IncomingMessage, ServerResponse } from 'node:http';
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import { ErrorBody, type JostleError } from '@jostle/contracts';
import Type from '@jostle/contracts/typebox';
import type { FastifyBaseLogger, FastifyInstance, RawServerDefault } from 'fastify';

/** The server with request types taken from the schemas of its routes. */
export type TypedApp = FastifyInstance<
  RawServerDefault,
  IncomingMessage,
  ServerResponse,
  FastifyBaseLogger,
  TypeBoxTypeProvider
>;

/** Error answers that a route can give, for its documentation. */
export function errorAnswers<S extends JostleError['httpStatus']>(
  ...statuses: S[]
): Record<S, typeof ErrorBody> {
  return Object.fromEntries(statuses.map((status) => [status, ErrorBody])) as Record<S, typeof ErrorBody>;
}

/** How a list is cut into pages. */
export const PageQuery = {
  after: Type.Optional(Type.String({ maxLength: 128, description: '`next` of the page before.' })),
  limit: Type.Integer({ minimum: 1, maximum: 200, default: 50 }),
};
