import type { IncomingMessage, ServerResponse } from 'node:http';
import { listOf } from '@jostle/contracts';
import Type, { type Static, type TObject, type TSchema, type TString } from '@jostle/contracts/typebox';
import type {
  FastifyBaseLogger,
  FastifyInstance,
  FastifyTypeProviderDefault,
  RawServerDefault,
} from 'fastify';
import { listEntries, readEntry } from '../ledger/entries-read.ts';
import { insertEntry } from '../ledger/entries-write.ts';
import { type AnyDatabase, asAnyDatabase, type EntryKind, type Row } from '../ledger/entry-kind.ts';
import { notFound } from './not-found.ts';
import type { ServerDeps } from './server-deps.ts';
import { errorAnswers, PageQuery, type TypedApp } from './typed-app.ts';

/** How one kind of entry is reached over HTTP. */
export interface EntryResource<S extends TObject, V extends TSchema> {
  /** Plural, as in the address. */
  path: string;
  schema: S;
  id: TString;
  kind: EntryKind<Static<S>>;
  /** Query parameters that pick entries, with the column of each. */
  filters?: Readonly<Record<string, { column: string; schema: TString }>>;
  /** What a reader gets, where that is more than what was sent. */
  view?: { schema: V; show(entries: readonly Static<S>[]): Promise<Static<V>[]> };
}

/** POST (201 created, 200 unchanged), GET one and GET list of one kind of entry. */
export function entryRoutes<S extends TObject, V extends TSchema>(
  typedApp: TypedApp,
  deps: ServerDeps,
  resource: EntryResource<S, V>,
): void {
  // The schema is a parameter here, so that the types of requests cannot be taken from it.
  const app = typedApp.withTypeProvider<FastifyTypeProviderDefault>();
  const db = asAnyDatabase(deps.store.db);
  createRoute(app, db, resource);
  readRoute(app, db, resource);
  listRoute(app, db, resource);
}

type PlainApp = FastifyInstance<RawServerDefault, IncomingMessage, ServerResponse, FastifyBaseLogger>;

function createRoute<S extends TObject, V extends TSchema>(
  app: PlainApp,
  db: AnyDatabase,
  { path, schema, kind }: EntryResource<S, V>,
): void {
  app.post(
    `/${path}`,
    {
      schema: {
        tags: [path],
        operationId: `create-${kind.name}`,
        summary: `New ${kind.name}; the same content again changes nothing`,
        body: schema,
        response: { 200: schema, 201: schema, ...errorAnswers(400, 401, 409, 422) },
      },
    },
    async (request, reply) => {
      const outcome = await insertEntry(db, kind, request.body as Static<S>);
      const entryId = String(kind.toRow(request.body as Static<S>)[kind.key]);
      const location = `/api/v1/${path}/${encodeURIComponent(entryId)}`;
      return reply
        .status(outcome === 'created' ? 201 : 200)
        .header('location', location)
        .send(await readEntry(db, kind, entryId));
    },
  );
}

function readRoute<S extends TObject, V extends TSchema>(
  app: PlainApp,
  db: AnyDatabase,
  resource: EntryResource<S, V>,
): void {
  const { path, id, kind } = resource;
  app.get(
    `/${path}/:id`,
    {
      schema: {
        tags: [path],
        operationId: `get-${kind.name}`,
        summary: `One ${kind.name}`,
        params: Type.Object({ id }),
        response: { 200: shownSchema(resource), ...errorAnswers(400, 401, 404) },
      },
    },
    async (request) => {
      const entryId = (request.params as { id: string }).id;
      const entry = await readEntry(db, kind, entryId);
      if (entry === undefined) throw notFound(kind.name, entryId);
      return (await show(resource, [entry]))[0];
    },
  );
}

function listRoute<S extends TObject, V extends TSchema>(
  app: PlainApp,
  db: AnyDatabase,
  resource: EntryResource<S, V>,
): void {
  const { path, kind, filters = {} } = resource;
  const filterSchemas = Object.fromEntries(
    Object.entries(filters).map(([name, filter]) => [name, Type.Optional(filter.schema)]),
  );
  app.get(
    `/${path}`,
    {
      schema: {
        tags: [path],
        operationId: `list-${path}`,
        summary: `All ${path} in the order of their ids`,
        querystring: Type.Object({ ...PageQuery, ...filterSchemas }, { additionalProperties: false }),
        response: { 200: listOf(shownSchema(resource)), ...errorAnswers(400, 401) },
      },
    },
    async (request) => {
      const { after, limit, ...wanted } = request.query as { after?: string; limit: number } & Record<
        string,
        string
      >;
      const match: Row = {};
      for (const [name, { column }] of Object.entries(filters))
        if (wanted[name] !== undefined) match[column] = wanted[name];
      const page = await listEntries(db, kind, { after, limit, match });
      return { items: await show(resource, page.items), next: page.next };
    },
  );
}

function shownSchema<S extends TObject, V extends TSchema>({ schema, view }: EntryResource<S, V>): S | V {
  return view?.schema ?? schema;
}

async function show<S extends TObject, V extends TSchema>(
  { view }: EntryResource<S, V>,
  entries: readonly Static<S>[],
): Promise<unknown[]> {
  return view?.show(entries) ?? [...entries];
}
