// The shortest way from MQTT to InfluxDB: no inbox, no receipts, nothing kept. What it has not written when it dies is lost.
import mqtt from 'mqtt';

const { MQTT_URL, INFLUX_URL, INFLUX_DB, INFLUX_USER, INFLUX_TOKEN } = process.env;
const BATCH_LINES = 5000;
const LINGER_MS = 20;
const address = `${INFLUX_URL}/write?db=${INFLUX_DB}&precision=ms`;
const authorization = `Basic ${Buffer.from(`${INFLUX_USER}:${INFLUX_TOKEN}`).toString('base64')}`;

const lines = [];
let isWriting = false;

async function write() {
  if (isWriting) return;
  isWriting = true;
  while (lines.length > 0) {
    const body = lines.splice(0, BATCH_LINES).join('\n');
    const response = await fetch(address, { method: 'POST', headers: { authorization }, body });
    if (response.status !== 204) throw new RangeError(`InfluxDB answers ${response.status}`);
  }
  isWriting = false;
}

const client = await mqtt.connectAsync(MQTT_URL, { clientId: 'ingest-bare', protocolVersion: 4 });
client.on('message', (_topic, payload) => {
  if (lines.length === 0) setTimeout(write, LINGER_MS);
  const message = JSON.parse(payload.toString());
  for (const { device, time, temp_c, rh_pct } of Array.isArray(message) ? message : [message])
    lines.push(`env,device=${device} temp_c=${temp_c},rh_pct=${rh_pct} ${time}`);
});
await client.subscribeAsync('jostle/v1/devices/+/up', { qos: 1 });
process.send({ type: 'ready' });
process.once('disconnect', () => process.exit(0));
