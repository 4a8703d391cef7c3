/** What a drill lets a device send when the limits are not what it is about. */
export const NO_PACE = {
  MQTT_DEVICE_MESSAGES_PER_S: '1000000',
  MQTT_DEVICE_BYTES_PER_S: '1000000000',
} as const;
