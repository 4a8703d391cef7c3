import { openStore } from '../store/store.ts';

/** A process that commits one row to a store, says so, and keeps it open until it is killed. */
const store = await openStore({ dataDir: process.argv[2] ?? '' });
await store.db.insertInto('cursor').values({ name: 'held', value: 7 }).execute();
process.send?.('open');
