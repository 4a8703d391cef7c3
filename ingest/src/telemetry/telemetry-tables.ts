export interface TelemetryTables {
  /** The embedded telemetry store: one climate reading a row, null where the sensor does not measure it. */
  telemetry_climate: {
    device_id: string;
    /** The point's time in ns, as text of 20 digits: the same identity as in InfluxDB. */
    point_ns: string;
    measured_at: number;
    temperature_c: number | null;
    relative_humidity_pct: number | null;
    pressure_hpa: number | null;
  };
  /** How far each reader of the inbox has come: the last inbox id that it is done with. */
  cursor: { name: string; value: number };
}
