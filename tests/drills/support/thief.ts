import mqtt from 'mqtt';

/** Logs in under the id of a device and leaves again: the broker cuts the connection that it had. */
export async function cutConnection(mqttUrl: string, deviceId: string): Promise<void> {
  const options = { clientId: deviceId, username: deviceId, protocolVersion: 4, reconnectPeriod: 0 } as const;
  const client = await mqtt.connectAsync(mqttUrl, options);
  await client.endAsync();
}
