import { JostleError } from '@jostle/contracts';

export function notFound(name: string, id: string): JostleError {
  return new JostleError('REST_NOT_FOUND', `There is no ${name} "${id}"`);
}
