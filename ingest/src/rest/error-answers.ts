import { ERROR_CODES, type ErrorBody, isJostleError, JostleError, type Problem } from '@jostle/contracts';
import type {
  FastifyError,
  FastifyInstance,
  FastifyReply,
  FastifyRequest,
  FastifySchemaValidationError,
} from 'fastify';

/** What Fastify itself refuses, in our codes. */
const FASTIFY_CODES: Readonly<Record<string, ConstructorParameters<typeof JostleError>[0]>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: 'REST_BODY_TOO_LARGE',
  FST_REQ_FILE_TOO_LARGE: 'IMPORT_FILE_TOO_LARGE',
};

/** Every error answer is `{code, message, problems?}`; of a fault of our own the message stays in the log. */
export function answerErrors(app: FastifyInstance): void {
  app.setErrorHandler(answerError);
  app.setNotFoundHandler((request, reply) => {
    const message = `There is nothing at ${request.method} ${request.url.split('?')[0]}`;
    return reply.status(404).send(errorBody(new JostleError('REST_NOT_FOUND', message)));
  });
}

export function answerError(error: FastifyError, request: FastifyRequest, reply: FastifyReply): void {
  const known = asJostleError(error);
  if (known.httpStatus >= 500) request.log.error({ err: error, code: known.code }, 'a request failed');
  reply.status(known.httpStatus).send(errorBody(known));
}

function errorBody(error: JostleError): ErrorBody {
  const isOurs = error.httpStatus >= 500;
  return {
    code: error.code,
    message: isOurs ? ERROR_CODES[error.code].meaning : error.message,
    ...(error.problems.length > 0 && !isOurs ? { problems: [...error.problems] } : {}),
  };
}

function asJostleError(error: FastifyError): JostleError {
  if (isJostleError(error)) return error;
  if (error.validation !== undefined)
    return invalidRequest(error.validationContext ?? 'body', error.validation);
  const code = FASTIFY_CODES[error.code];
  if (code !== undefined) return new JostleError(code, ERROR_CODES[code].meaning, { cause: error });
  // PostgreSQL keeps no NUL in a text (SQLSTATE 22021, character_not_in_repertoire).
  if (error.code === '22021')
    return new JostleError('REST_REQUEST_INVALID', 'A text holds a NUL character', { cause: error });
  if (error.statusCode !== undefined && error.statusCode < 500)
    return new JostleError('REST_REQUEST_INVALID', error.message, { cause: error });
  return new JostleError('INTERNAL', error.message, { cause: error });
}

function invalidRequest(part: string, errors: readonly FastifySchemaValidationError[]): JostleError {
  // A value that fits none of several alternatives is reported once per alternative; the first says enough.
  const problems = new Map<string, Problem>();
  for (const { instancePath, message, params } of errors) {
    const missing = (params as { requiredProperties?: string[] }).requiredProperties ?? [''];
    for (const property of missing) {
      const at = property === '' ? instancePath : `${instancePath}/${property}`;
      if (!problems.has(at))
        problems.set(at, {
          code: 'REST_REQUEST_INVALID',
          at,
          message: property === '' ? (message ?? 'is not allowed') : 'is required',
        });
    }
  }
  const places = [...problems.values()].map((p) => `${part}${p.at} ${p.message}`).slice(0, 5);
  return new JostleError('REST_REQUEST_INVALID', places.join('; '), { problems: [...problems.values()] });
}
