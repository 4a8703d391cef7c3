/** Real servers of a test's own, on free loopback ports; a missing one is named, in CI it is a failure. */
export {
  describeWithServer,
  freePort,
  type InfluxServer,
  type PostgresServer,
  serverProgram,
  startInflux,
  startMosquitto,
  startPostgres,
} from '@jostle/ingest/testing';
