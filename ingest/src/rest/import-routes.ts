import multipart from '@fastify/multipart';
import { IMPORT_KINDS, ImportReport, JostleError } from '@jostle/contracts';
import Type, { type TSchema } from '@jostle/contracts/typebox';
import type { FastifyRequest, FastifySchemaCompiler } from 'fastify';
import { parseMapping } from '../imports/column-mapping.ts';
import { Imports } from '../imports/imports.ts';
import type { ServerDeps } from './server-deps.ts';
import { errorAnswers, type TypedApp } from './typed-app.ts';
import { validateWithTypeBox } from './validation.ts';

/** The file is held in memory while it is imported; this is some 600,000 rows. */
const FILE_LIMIT_BYTES = 64 * 1024 * 1024;
const MAPPING_LIMIT_BYTES = 64 * 1024;

/** CSV files in, a report of every row that was refused out. */
export async function importRoutes(app: TypedApp, { store, log }: ServerDeps): Promise<void> {
  const imports = new Imports(store.db, log);
  app.addHook('onClose', () => imports.stop());
  await app.register(multipart, {
    limits: { fileSize: FILE_LIMIT_BYTES, files: 1, fields: 1, fieldSize: MAPPING_LIMIT_BYTES },
  });
  startRoute(app, imports);
  reportRoute(app, imports);
}

function startRoute(app: TypedApp, imports: Imports): void {
  app.post(
    '/imports/:kind',
    {
      schema: {
        tags: ['imports'],
        operationId: 'start-import',
        summary: 'Import a CSV file; ask for the report until its state is no longer "running"',
        description:
          'All or nothing, unless `partial` is true. Columns are named like the fields, or as the mapping says. ' +
          'The same file again changes nothing.',
        consumes: ['multipart/form-data'],
        params: Type.Object({ kind: Type.Enum([...IMPORT_KINDS]) }),
        querystring: Type.Object(
          { partial: Type.Boolean({ default: false }) },
          { additionalProperties: false },
        ),
        body: Type.Object({
          file: Type.String({ contentMediaType: 'text/csv', description: 'UTF-8 with a header line.' }),
          mapping: Type.Optional(Type.String({ contentMediaType: 'application/json' })),
        }),
        response: { 202: ImportReport, ...errorAnswers(400, 401, 413) },
      },
      // The body is a stream of parts, which are checked as they come.
      validatorCompiler: validateAllButBody,
    },
    async (request, reply) => {
      const { kind } = request.params;
      const { file, mapping } = await partsOf(request);
      if (file === undefined)
        throw new JostleError('REST_REQUEST_INVALID', 'The form has no part "file"; send the CSV file in it');
      const report = imports.start({
        kind,
        bytes: file,
        mapping: mapping === undefined ? undefined : parseMapping(mapping, kind),
        isPartial: request.query.partial,
      });
      return reply.status(202).header('location', `/api/v1/imports/${report.id}`).send(report);
    },
  );
}

function reportRoute(app: TypedApp, imports: Imports): void {
  app.get(
    '/imports/:id',
    {
      schema: {
        tags: ['imports'],
        operationId: 'get-import',
        summary: 'How far an import is, and which rows were refused',
        params: Type.Object({ id: Type.String({ maxLength: 64 }) }),
        response: { 200: ImportReport, ...errorAnswers(401, 404) },
      },
    },
    async ({ params: { id } }) => imports.report(id),
  );
}

const validateAllButBody: FastifySchemaCompiler<TSchema> = (part) =>
  part.httpPart === 'body' ? () => true : validateWithTypeBox(part);

interface FormParts {
  file?: Buffer;
  mapping?: string;
}

async function partsOf(request: FastifyRequest): Promise<FormParts> {
  try {
    return await readParts(request);
  } catch (error) {
    // What the parser of forms itself finds wrong with a body comes as an error without a code or a status.
    if (!(error instanceof Error) || 'code' in error || 'statusCode' in error) throw error;
    throw new JostleError('REST_REQUEST_INVALID', `The form cannot be read: ${error.message}`, {
      cause: error,
    });
  }
}

async function readParts(request: FastifyRequest): Promise<FormParts> {
  const parts: FormParts = {};
  for await (const part of request.parts()) {
    if (part.type === 'file' && part.fieldname === 'file') parts.file = await part.toBuffer();
    else if (part.type === 'field' && part.fieldname === 'mapping') parts.mapping = String(part.value);
    else throw new JostleError('REST_REQUEST_INVALID', `The form has an unknown part "${part.fieldname}"`);
  }
  return parts;
}
