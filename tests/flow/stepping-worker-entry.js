// A worker's entry cannot be TypeScript before a loader is registered in that thread.
import { register } from 'tsx/esm/api';

register();
await import('./stepping-worker.ts');
