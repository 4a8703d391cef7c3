/** Where a missing server is a failure instead of a skipped test. */
export const isCi = process.env['CI'] === 'true';
