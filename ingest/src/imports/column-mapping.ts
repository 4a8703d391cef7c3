import { type ImportKind, JostleError } from '@jostle/contracts';
import Type, { Compile, type Static } from '@jostle/contracts/typebox';
import { isTimeZone } from './date-format.ts';
import { IMPORT_FIELDS } from './import-fields.ts';

const strict = { additionalProperties: false } as const;
const Column = Type.String({ minLength: 1 });

/** Where the value of a field comes from. */
export const FieldSource = Type.Union([
  Type.Object(
    {
      column: Column,
      format: Type.Optional(
        Type.String({
          minLength: 1,
          description: 'Of a date: yyyy, MM, dd, HH, mm and ss with what stands between.',
        }),
      ),
      timeZone: Type.Optional(
        Type.String({ description: 'Of a date with a format, such as Europe/London; UTC by default.' }),
      ),
      withoutSuffix: Type.Optional(
        Type.String({ minLength: 1, description: 'Cut off where the cell ends in it.' }),
      ),
      numbered: Type.Optional(
        Type.Boolean({
          description: 'Appends -1, -2, … to the rows that have the same text here: an id for each.',
        }),
      ),
    },
    strict,
  ),
  Type.Object({ constant: Type.String() }, strict),
]);

/** Which rows are meant: the cell begins so, or is one of these. */
const condition = {
  column: Column,
  startsWith: Type.Optional(Type.String({ minLength: 1 })),
  isOneOf: Type.Optional(Type.Array(Type.String(), { minItems: 1 })),
};

const Section = Type.Object(
  {
    where: Type.Optional(
      Type.Array(Type.Object(condition, strict), { description: 'Rows that are meant; all have to hold.' }),
    ),
    exclude: Type.Optional(
      Type.Array(Type.Object({ ...condition, because: Type.String({ minLength: 1 }) }, strict), {
        description: 'Rows that are left out, each with the reason that the report gives.',
      }),
    ),
    fields: Type.Record(Type.String(), FieldSource),
  },
  strict,
);

/**
 * How the columns of someone else's file become fields. A file of orders may hold returns too:
 * rows that fit `returns.where` are returns, the others orders.
 */
export const ColumnMapping = Type.Object(
  {
    delimiter: Type.Optional(Type.String({ minLength: 1, maxLength: 1, description: 'A comma by default.' })),
    createProducts: Type.Optional(
      Type.Boolean({ description: 'Unknown skus become products whose fragility is unknown.' }),
    ),
    orders: Type.Optional(Section),
    shipments: Type.Optional(Section),
    returns: Type.Optional(Section),
  },
  strict,
);

export type FieldSource = Static<typeof FieldSource>;
export type Section = Static<typeof Section>;
export type ColumnMapping = Static<typeof ColumnMapping>;
export type Condition = NonNullable<Section['where']>[number];

const isMapping = Compile(ColumnMapping);

/**
 * Reads a mapping file.
 *
 * @throws JostleError IMPORT_MAPPING_INVALID naming everything that is wrong with it
 */
export function parseMapping(text: string, kind: ImportKind): ColumnMapping {
  let mapping: unknown;
  try {
    mapping = JSON.parse(text);
  } catch (cause) {
    throw new JostleError('IMPORT_MAPPING_INVALID', 'The column mapping is not JSON', { cause });
  }
  if (!isMapping.Check(mapping)) {
    const places = isMapping.Errors(mapping).map((e) => `${e.instancePath || '/'} ${e.message}`);
    throw invalid([...new Set(places)].slice(0, 10));
  }
  if (mapping[kind] === undefined) throw invalid([`it has no section "${kind}"`]);
  const wrong = sectionsOf(mapping).flatMap(([name, section]) => wrongFields(name, section));
  if (wrong.length > 0) throw invalid(wrong);
  return mapping;
}

/** The sections of a mapping; rows are offered to them in this order. */
export function sectionsOf(mapping: ColumnMapping): [ImportKind, Section][] {
  return (['returns', 'shipments', 'orders'] as const).flatMap((kind) => {
    const section = mapping[kind];
    return section === undefined ? [] : [[kind, section]];
  });
}

/**
 * Takes columns by the names of the fields, and those that the file does not have as empty.
 *
 * @throws JostleError IMPORT_MAPPING_INVALID where a required one is missing
 */
export function defaultMapping(kind: ImportKind, header: readonly string[]): ColumnMapping {
  const fields = Object.keys(IMPORT_FIELDS[kind]).filter((field) => header.includes(field));
  const section = { fields: Object.fromEntries(fields.map((field) => [field, { column: field }])) };
  const wrong = wrongFields(kind, section);
  if (wrong.length > 0)
    throw invalid([...wrong, `the header line has ${header.map((column) => `"${column}"`).join(', ')}`]);
  return { [kind]: section };
}

/** @throws JostleError IMPORT_MAPPING_INVALID where the mapping names a column that the file does not have */
export function checkColumns(mapping: ColumnMapping, header: readonly string[]): void {
  const named = sectionsOf(mapping).flatMap(([, { fields, where = [], exclude = [] }]) => [
    ...Object.values(fields).flatMap((source) => ('column' in source ? [source.column] : [])),
    ...[...where, ...exclude].map(({ column }) => column),
  ]);
  const missing = [...new Set(named)].filter((column) => !header.includes(column));
  if (missing.length > 0) throw invalid(missing.map((column) => `the file has no column "${column}"`));
}

function wrongFields(kind: ImportKind, { fields }: Section): string[] {
  const known = IMPORT_FIELDS[kind];
  const unknown = Object.keys(fields).filter((field) => !Object.hasOwn(known, field));
  const missing = Object.keys(known).filter(
    (field) => known[field]?.isRequired && fields[field] === undefined,
  );
  const zones = Object.values(fields).flatMap((source) =>
    'column' in source && source.timeZone !== undefined && !isTimeZone(source.timeZone)
      ? [source.timeZone]
      : [],
  );
  return [
    ...unknown.map((field) => `${kind} have no field "${field}" (known: ${Object.keys(known).join(', ')})`),
    ...missing.map((field) => `${kind} need the field "${field}"`),
    ...zones.map((zone) => `there is no time zone "${zone}"`),
  ];
}

function invalid(problems: readonly string[]): JostleError {
  return new JostleError(
    'IMPORT_MAPPING_INVALID',
    `The column mapping does not fit: ${problems.join('; ')}`,
    {
      problems: problems.map((message) => ({ code: 'IMPORT_MAPPING_INVALID', message })),
    },
  );
}
