interface ErrorEntry {
  /** Status of a REST answer with this code; 500 where the code never reaches REST. */
  http: number;
  /** What happened, in one sentence. */
  meaning: string;
  /** What the reader can do about it. */
  fix: string;
}

/**
 * Every error code of the project; `docs/errors.md` is compared with it by a test.
 * A code is never renamed or used again for something else.
 */
export const ERROR_CODES = {
  CONFIG_INVALID: {
    http: 500,
    meaning:
      'One or more configuration keys are wrong; the message names all of them. The process exits with 78.',
    fix: 'Correct the keys that are listed; `.env.example` has the title, range and default of each.',
  },
  CONFIG_OPEN_WITHOUT_CREDENTIALS: {
    http: 500,
    meaning: 'The process was told to listen beyond loopback without credentials. It exits with 78.',
    fix: 'Configure credentials (device tokens for MQTT, an API key for HTTP), or listen on 127.0.0.1.',
  },
  INTERNAL: {
    http: 500,
    meaning: 'A fault of our own; the log has the details.',
    fix: 'Report it with the log line that carries the same request id.',
  },

  DEMO_PROCESS_ENDED: {
    http: 500,
    meaning: 'A process that `npm start` runs ended before it was ready; the end of its log follows.',
    fix: 'Mend what the log says: most often a port that is taken (HTTP_PORT, MQTT_PORT) or a wrong variable.',
  },
  DEMO_FOLDER_IN_USE: {
    http: 500,
    meaning: 'Another `npm start` uses this data folder.',
    fix: 'Stop the process that the message names, or give another JOSTLE_DATA_DIR.',
  },
  DEMO_REFUSED: {
    http: 500,
    meaning: 'The API refused an entry of the demo.',
    fix: 'The message has the code of the refusal; another JOSTLE_DATA_DIR begins a new story.',
  },

  EDGE_OUTBOX_IN_USE: {
    http: 500,
    meaning: 'Another agent has this outbox open.',
    fix: 'Stop the other agent, or give this one its own data directory.',
  },
  EDGE_OUTBOX_DAMAGED: {
    http: 500,
    meaning:
      'The outbox file failed its check, or records in it did. What is sound goes on under its epoch and seqs, what is not gets tombstones, and a file that failed is set aside.',
    fix: 'Try another card: this one loses what it was given. The file that was set aside may be deleted.',
  },
  EDGE_OUTBOX_NO_ROOM: {
    http: 500,
    meaning:
      'A damaged outbox was salvaged on a disk that has no room for all of it: events were kept first, then the newest of the others, and tombstones name the rest. Where not even an empty outbox finds room, the agent ends and tries again at its next start.',
    fix: 'Make room on the disk, or take a larger card. What found no room is still in the file `outbox.db.damaged-N` that the next line of the log names: copy it to another machine soon, of such files only the newest two are kept.',
  },
  EDGE_OUTBOX_RESTORED: {
    http: 500,
    meaning:
      'The outbox is that of an image that was restored: ingest has stored records under seqs that it never gave. What was measured since the machine was switched on, and what ingest has not stored, goes on under a new epoch.',
    fix: 'Nothing, where an image was restored. Records that were measured before the last boot and after the image was restored may have been taken for the ones that ingest had: they are conflicts in the quarantine. Otherwise look for a second device with the same DEVICE_ID and a copy of this card.',
  },
  EDGE_SENSOR_ABSENT: {
    http: 500,
    meaning: 'A configured sensor does not answer, or another chip answers at its address.',
    fix: 'Check wiring, address and supply; `jostle-edge config validate` prints what is expected.',
  },
  EDGE_BUS_TOO_SLOW: {
    http: 500,
    meaning:
      'A shock recorder is configured on a bus that cannot carry its samples, such as that of an Arduino.',
    fix: 'Set SHOCK_CHIP=none, or wire the shock recorder to the bus of the machine and unset BOARD.',
  },
  EDGE_BUS_IN_USE: {
    http: 500,
    meaning: 'The agent is running and has the bus of the sensors; two users of one bus disturb each other.',
    fix: 'Stop the agent with `systemctl stop jostle-edge` and start it afterwards; `status`, `doctor`, `live` and `i2c scan` ask it instead.',
  },
  EDGE_AGENT_ABSENT: {
    http: 500,
    meaning: 'No agent answers at the socket in the data folder.',
    fix: 'Start it with `jostle-edge run`, or name its folder in JOSTLE_DATA_DIR.',
  },
  EDGE_SIMULATOR_ABSENT: {
    http: 500,
    meaning: 'The package that simulates the hardware for --sim is not installed.',
    fix: 'Use --sim in a checkout of the project; a device has only the agent.',
  },
  EDGE_CALIBRATION_UNREADABLE: {
    http: 500,
    meaning:
      'calibration.json in the data folder is damaged or may not be read; sensors are taken as they read.',
    fix: 'Move it away and run `jostle-edge calibrate`, or put a copy back; check who owns it.',
  },
  EDGE_CALIBRATION_UNWRITABLE: {
    http: 500,
    meaning: 'A calibration could not be stored; the one before it stays in use.',
    fix: 'Run it as the user of the agent, and make room where the disk is full.',
  },
  EDGE_CALIBRATION_BROKEN_OFF: {
    http: 500,
    meaning: 'The input of `jostle-edge calibrate` ended before its last step; nothing was stored.',
    fix: 'Run it in a terminal, or give it one line per step.',
  },
  EDGE_BUNDLE_UNWRITABLE: {
    http: 500,
    meaning:
      'The support bundle cannot be written: its folder is not writable, or the file is there already.',
    fix: 'Name another file with `--out`.',
  },
  EDGE_REPLAY_UNREADABLE: {
    http: 500,
    meaning:
      'The recording cannot be read: no time column, no acceleration columns, or a value that is not a number.',
    fix: 'Name the columns and the unit with --columns and --unit; see `jostle-edge replay --help`.',
  },
  EDGE_PACKAGE_IMPOSSIBLE: {
    http: 500,
    meaning:
      'The Debian package of the agent cannot be built: a program is missing or failed, or a download is not what its checksum says.',
    fix: 'Install what the message names; a wrong checksum means that the download must not be used.',
  },

  BROKER_IDENTITY_REFUSED: {
    http: 500,
    meaning: 'A client gave an unknown identity or a wrong token.',
    fix: 'Check the device id and its token file; a token can be issued again.',
  },
  BROKER_TOPIC_REFUSED: {
    http: 500,
    meaning: 'A client used a topic that its role does not allow.',
    fix: 'A device publishes and subscribes only under its own topic; see docs/wire-format.md.',
  },
  BROKER_FRAME_REFUSED: {
    http: 500,
    meaning: 'A connection sent something that is not MQTT, or a packet of more than 64 kB. It was cut.',
    fix: 'Find out what connects to the MQTT port; a device never sends more than 32 kB at once.',
  },
  BROKER_CONNECTION_REFUSED: {
    http: 500,
    meaning:
      'A connection was closed at once: as many are open as the cap allows, of its address or of all. It is logged once an hour for each address.',
    fix: 'Raise the cap that the line names. Behind a TLS proxy or a NAT all devices have one address: set MQTT_MAX_CONNECTIONS_PER_ADDRESS to their number, and some more.',
  },
  BROKER_PORT_IN_USE: {
    http: 500,
    meaning: 'Another process listens on the port of the broker. The broker exits with 1.',
    fix: 'Stop the other process, or set MQTT_PORT.',
  },
  BROKER_ADDRESS_UNUSABLE: {
    http: 500,
    meaning:
      'The broker cannot listen on its address: this machine does not have it, or the port is reserved.',
    fix: 'Set MQTT_HOST to an address of this machine and MQTT_PORT to a port that its user may open.',
  },

  INGEST_STORE_IN_USE: {
    http: 500,
    meaning: 'Another ingest process has this data directory open.',
    fix: 'Stop the other process, or set another JOSTLE_DATA_DIR.',
  },
  INGEST_STORE_UNREACHABLE: {
    http: 500,
    meaning: 'The PostgreSQL of DATABASE_URL does not answer, or the SQLite file cannot be opened.',
    fix: 'Check that the database runs and its host and port in DATABASE_URL, or that JOSTLE_DATA_DIR is a folder that ingest may write.',
  },
  INGEST_STORE_REFUSED: {
    http: 500,
    meaning: 'PostgreSQL refused the login, or has no such database.',
    fix: 'Check user, password and database in DATABASE_URL, and that this user may create tables there.',
  },
  INGEST_STORE_LOST: {
    http: 500,
    meaning: 'The thread that holds the SQLite store ended by itself. Ingest exits with 1 and loses nothing.',
    fix: 'Let the supervisor start it again; if it comes back, look at the error beside it and at the disk.',
  },
  INGEST_PORT_IN_USE: {
    http: 500,
    meaning: 'Another process listens on the port of the API. Ingest exits with 1.',
    fix: 'Stop the other process, or set HTTP_PORT.',
  },
  INGEST_ADDRESS_UNUSABLE: {
    http: 500,
    meaning: 'Ingest cannot listen on its address: this machine does not have it, or the port is reserved.',
    fix: 'Set HTTP_HOST to an address of this machine and HTTP_PORT to a port that its user may open.',
  },
  INGEST_SHARE_REFUSED: {
    http: 500,
    meaning: 'The broker refuses the shared subscription that MQTT_SHARE_GROUP asks for.',
    fix: 'The built-in broker has none: unset MQTT_SHARE_GROUP and run one worker, or use a broker that has, and let the user of ingest subscribe.',
  },
  INGEST_QUARANTINE_FULL: {
    http: 500,
    meaning:
      'The quarantine holds as much of a device, or of all of them, as it may. What is refused further is counted, and its bytes are not kept.',
    fix: 'Look at `npx jostle quarantine list` and mend what is refused, or its sender. Then `npx jostle quarantine replay` takes out what can be read now, `npx jostle quarantine discard` what never can, and `npx jostle alerts ack ID` ends the alert.',
  },
  INGEST_MESSAGE_MALFORMED: {
    http: 500,
    meaning: 'A message is not JSON, is too large, or does not fit the schema. It was put into quarantine.',
    fix: 'Look at the raw bytes in the quarantine and bring the sender to the wire format.',
  },
  INGEST_RECORD_MALFORMED: {
    http: 500,
    meaning: 'One record of an otherwise good message does not fit its schema. It was put into quarantine.',
    fix: 'Look at the record in the quarantine and bring the sender to the wire format.',
  },
  INGEST_RECORD_CONFLICT: {
    http: 500,
    meaning:
      'A record arrived again under the same identity with other content: a cloned device or tampering. The first was kept.',
    fix: 'Find out whether two devices share one outbox file or one identity.',
  },
  INGEST_RECORDS_LOST: {
    http: 500,
    meaning:
      'Records are missing that the device no longer has, and it did not say that it dropped them: its outbox was changed, damaged or replaced before they were delivered.',
    fix: 'Look at `npx jostle completeness DEVICE` for which they are, and at the device for its card: a file `outbox.db.damaged-*` beside the outbox may still hold them. Then `npx jostle alerts ack ID`.',
  },
  INGEST_CHAIN_BROKEN: {
    http: 500,
    meaning:
      'A record does not follow the one before it in the hash chain of its outbox: one of them was changed or left out on the way or on the card.',
    fix: 'Treat what the device recorded up to there as disputed until it is known who could write to its card. Then `npx jostle alerts ack ID`.',
  },
  INGEST_DEVICE_UNKNOWN: {
    http: 500,
    meaning: 'A message came from a device that is not registered. It was put into quarantine.',
    fix: 'Register the device with POST /api/v1/devices.',
  },
  INGEST_TELEMETRY_REFUSED: {
    http: 500,
    meaning: 'InfluxDB refused one point for good. It was put into quarantine; its record is in the inbox.',
    fix: 'Read the reason in the quarantine: often a field has another type, or there are too many series. Once that is mended, `npx jostle reconcile --fix` sends the points again that the inbox still has, and so does the daily comparison.',
  },
  INGEST_TELEMETRY_TOO_OLD: {
    http: 500,
    meaning:
      'InfluxDB drops points that are older than its retention policy keeps any. They are counted as written; their records are in the inbox.',
    fix: 'Nothing, where the policy is meant so. Otherwise lengthen it with ALTER RETENTION POLICY and run `npx jostle reconcile --fix` for these days.',
  },
  INGEST_TELEMETRY_UNAVAILABLE: {
    http: 503,
    meaning: 'InfluxDB does not answer, or refuses the query.',
    fix: 'Check INFLUX_URL, INFLUX_DB, INFLUX_USER and INFLUX_TOKEN; nothing is lost, it is fed again from the inbox.',
  },

  REST_REQUEST_INVALID: {
    http: 400,
    meaning: 'The request does not fit the schema; `problems` names each place.',
    fix: 'Correct the places that are named; /docs shows the schema.',
  },
  REST_NOT_FOUND: {
    http: 404,
    meaning: 'There is nothing at this address.',
    fix: 'Check the id; /docs lists the addresses.',
  },
  REST_UNAUTHORISED: {
    http: 401,
    meaning: 'The API key is missing or wrong.',
    fix: 'Send it as `Authorization: Bearer KEY`.',
  },
  REST_ORIGIN_REFUSED: {
    http: 403,
    meaning: 'Without an API key only requests addressed to this machine from its own pages are answered.',
    fix: 'Use http://localhost or http://127.0.0.1, or configure an API key.',
  },

  REST_BODY_TOO_LARGE: {
    http: 413,
    meaning: 'The body of the request is larger than the address takes.',
    fix: 'Send fewer lines in one entry; long lists go through POST /api/v1/imports.',
  },

  LEDGER_ID_CONFLICT: {
    http: 409,
    meaning: 'The id is taken by an entry with other content.',
    fix: 'Use a new id, or send the same content again (which is accepted and changes nothing).',
  },
  LEDGER_REFERENCE_UNKNOWN: {
    http: 422,
    meaning: 'The entry names a site, carrier, order line, shipment or device that does not exist.',
    fix: 'Create what it refers to first.',
  },
  LEDGER_SKU_UNKNOWN: {
    http: 422,
    meaning: 'The order line names a product that does not exist.',
    fix: 'Create the product first, or correct the sku.',
  },
  LEDGER_SSCC_INVALID: {
    http: 422,
    meaning: 'The SSCC is not 18 digits with a correct GS1 check digit.',
    fix: 'Correct the number; the message names the check digit that would fit.',
  },
  LEDGER_RANGE_INVALID: {
    http: 422,
    meaning: 'A time range ends before or when it starts.',
    fix: 'Give an end that is later than the start; ranges are half-open.',
  },
  LEDGER_LEG_OVERLAP: {
    http: 409,
    meaning: 'The shipment already has a leg in part of this time: it cannot have two custodians at once.',
    fix: 'Cut the legs so that one ends when the next starts.',
  },
  LEDGER_ASSIGNMENT_OVERLAP: {
    http: 409,
    meaning: 'The device is already assigned in part of this time: it cannot be in two places at once.',
    fix: 'End the other assignment first.',
  },
  LEDGER_PARENT_INVALID: {
    http: 422,
    meaning: 'The parent shipment is the shipment itself or one of those it contains.',
    fix: 'Name the pallet that carries the shipment.',
  },

  IMPORT_MAPPING_INVALID: {
    http: 400,
    meaning: 'The column mapping names a column that the file does not have, or lacks a required field.',
    fix: 'Compare the mapping with the header line of the file.',
  },
  IMPORT_FILE_UNREADABLE: {
    http: 400,
    meaning: 'The file is not CSV: no header line, or a row with another number of columns.',
    fix: 'Save it as comma-separated UTF-8 with a header line.',
  },
  IMPORT_VALUE_INVALID: {
    http: 422,
    meaning: 'A cell is empty or not of the kind that its column needs.',
    fix: 'Correct the cell that the report names.',
  },
  IMPORT_RETURN_UNMATCHED: {
    http: 422,
    meaning: 'A return row fits no order line that is known: nothing says what was sent.',
    fix: 'Import the orders of earlier days first, or file the return by hand.',
  },
  IMPORT_GROUP_REFUSED: {
    http: 422,
    meaning:
      'The row is good, but another row of the same order or shipment is not: none of them is written.',
    fix: 'Correct the other row, which the message names.',
  },
  IMPORT_FILE_TOO_LARGE: {
    http: 413,
    meaning: 'The file is larger than one import takes.',
    fix: 'Cut it into several files, each with the header line; the same entry twice changes nothing.',
  },
  IMPORT_UNKNOWN: {
    http: 404,
    meaning: 'There is no such import; reports are kept until the service restarts.',
    fix: 'Run the import again: rows that are already there change nothing.',
  },

  BACKUP_INCOMPLETE: {
    http: 400,
    meaning: 'The folder has no manifest, or the backup ends before its last table: it was broken off.',
    fix: 'Remove the folder and take the backup again, or restore another one.',
  },
  BACKUP_DAMAGED: {
    http: 400,
    meaning: 'What the backup holds is not what was written: a checksum or a count of rows differs.',
    fix: 'Restore another backup; the message names the file or table.',
  },
  BACKUP_VERSION_DIFFERS: {
    http: 409,
    meaning: 'The backup was taken with other tables than this version of the service has.',
    fix: 'Restore it into the version that took it, and start the newer version on that store.',
  },
  BACKUP_STORE_NOT_EMPTY: {
    http: 409,
    meaning: 'A restore replaces everything in the store, and the store is not empty.',
    fix: 'Take a backup of what is there, then restore with --replace.',
  },
  BACKUP_BUSY: {
    http: 409,
    meaning: 'Another backup or restore is running.',
    fix: 'Wait until it has ended.',
  },
  BACKUP_WORKERS_RUNNING: {
    http: 409,
    meaning: 'A restore needs the database for itself, and other ingest workers are on it, or may be.',
    fix: 'Stop all ingest workers but one, restart that one if the message says so, and restore again.',
  },
  BACKUP_STALLED: {
    http: 408,
    meaning: 'Nothing more of the backup arrived for a while; the restore was given up and nothing changed.',
    fix: 'Restore from a machine with a steady connection to the service.',
  },
  BACKUP_REFUSED: {
    http: 422,
    meaning:
      'The database refuses a row of the backup, such as a text with a NUL character in PostgreSQL. Nothing changed.',
    fix: 'Restore into the kind of database that the backup came from.',
  },
  BACKUP_FOLDER_UNUSABLE: {
    http: 500,
    meaning: 'The folder of the backup cannot be written or read, or holds something already.',
    fix: 'Name a folder that does not exist yet, on a disk with room.',
  },
} as const satisfies Record<string, ErrorEntry>;

export type ErrorCode = keyof typeof ERROR_CODES;
