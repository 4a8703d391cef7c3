import { Compile, Convert, Default, type TSchema } from '@jostle/contracts/typebox';
import type { FastifySchemaCompiler } from 'fastify';

/**
 * Checks each part of a request against its schema. Addresses hold only text: there defaults are filled in and
 * numbers and booleans are read from it. A JSON body is taken as it is.
 */
export const validateWithTypeBox: FastifySchemaCompiler<TSchema> = ({ schema, httpPart }) => {
  const validator = Compile(schema);
  return (given: unknown) => {
    const value = httpPart === 'body' ? given : Convert(schema, Default(schema, { ...(given as object) }));
    return validator.Check(value) ? { value } : { error: [...validator.Errors(value)] };
  };
};
