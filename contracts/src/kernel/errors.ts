import { ERROR_CODES, type ErrorCode } from './error-codes.ts';

/** A machine-readable place for one problem: a configuration key, a JSON pointer, or a CSV cell. */
export interface Problem {
  code: ErrorCode;
  message: string;
  /** Configuration key, JSON pointer or column name. */
  at?: string;
  /** 1-based line of a file; the header is line 1. */
  line?: number;
}

/** The one error type of the project: a code from the registry, and a sentence that names the fix. */
export class JostleError extends Error {
  readonly code: ErrorCode;
  readonly problems: readonly Problem[];

  constructor(
    code: ErrorCode,
    message: string,
    options: { cause?: unknown; problems?: readonly Problem[] } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'JostleError';
    this.code = code;
    this.problems = options.problems ?? [];
  }

  /** The status with which REST answers this error. */
  get httpStatus(): number {
    return ERROR_CODES[this.code].http;
  }
}

export function isJostleError(error: unknown, code?: ErrorCode): error is JostleError {
  return error instanceof JostleError && (code === undefined || error.code === code);
}
