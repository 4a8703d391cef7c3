export { Inbox } from '../inbox/inbox.ts';
export { readMessage } from '../intake/message-reader.ts';
export { commitAround } from '../intake/poison-isolation.ts';
export { openStore } from '../store/store.ts';
export * from './influx.ts';
export * from './mosquitto.ts';
export * from './postgres.ts';
export * from './servers.ts';
export * from './stored-records.ts';
