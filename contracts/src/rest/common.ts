import Type, { type Static, type TSchema } from '#typebox';

/** An instant in REST: RFC 3339 in UTC with milliseconds. */
export const Instant = Type.String({
  format: 'date-time',
  description: 'RFC 3339, for example 2026-03-01T09:30:00.000Z.',
});

/** An end that may be open. */
export const OpenInstant = Type.Union([Instant, Type.Null()]);

export const ErrorBody = Type.Object(
  {
    code: Type.String(),
    message: Type.String(),
    problems: Type.Optional(
      Type.Array(
        Type.Object({
          code: Type.String(),
          message: Type.String(),
          at: Type.Optional(Type.String()),
          line: Type.Optional(Type.Integer()),
        }),
      ),
    ),
  },
  { description: 'Every error answer; the codes are listed in docs/errors.md.' },
);
export type ErrorBody = Static<typeof ErrorBody>;

/** A page of a list, newest or smallest id first as the address says. */
export const listOf = <T extends TSchema>(item: T) =>
  Type.Object({
    items: Type.Array(item),
    next: Type.Union([Type.String(), Type.Null()], { description: 'Give as `after` for the next page.' }),
  });
