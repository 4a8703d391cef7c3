export { type ClipLimits, clipLimits } from './clip-limits.ts';
export { CoverageMeter, type CoverageSpan } from './coverage-meter.ts';
export { dewPointC } from './dew-point.ts';
export {
  type Activation,
  ExcursionDetector,
  type ExcursionObservation,
  type ExcursionRule,
} from './excursion-detector.ts';
export type { AxesG, SampleBlock } from './samples.ts';
export { capturedPeakFraction } from './sampling-floor.ts';
export { ShockDetector } from './shock-detector.ts';
export {
  DEFAULT_TRIGGER,
  type ShockDetectorOptions,
  type ShockObservation,
  type StorageCriterion,
} from './shock-observation.ts';
export { TiltDetector, type TiltObservation } from './tilt-detector.ts';
