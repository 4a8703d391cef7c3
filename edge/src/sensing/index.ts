export { I2cFault, type I2cFaultKind, type I2cTransport } from '../io/transport.ts';
export { GpioLine } from './interrupt/gpio-line.ts';
export type { InterruptLine, InterruptListener } from './interrupt/interrupt-line.ts';
export type { FromSensing, ToSensing } from './protocol.ts';
export {
  ClimateChip,
  ClimateLimit,
  DEFAULT_SENSING,
  SensingConfig,
  ShockChip,
  TiltChip,
} from './sensing-config.ts';
export { type SelfTestReport, selfTest } from './shock/self-test.ts';
export { type Sensing, type SensingOptions, startSensing } from './start-sensing.ts';
