export { openStore } from '../store/store.ts';
export * from './catch-up.ts';
export * from './influx.ts';
export * from './mosquitto.ts';
export * from './placed-records.ts';
export * from './postgres.ts';
export * from './servers.ts';
export * from './stored-records.ts';
