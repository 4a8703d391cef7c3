export { type ClipLimits, clipLimits } from './clip-limits.ts';
export { CoverageMeter, type CoverageSpan } from './coverage-meter.ts';
export { dewPointC } from './dew-point.ts';
export {
  type Activation,
  ExcursionDetector,
  type ExcursionObservation,
  type ExcursionRule,
} from './excursion-detector.ts';
export { impactOrientation } from './impact-orientation.ts';
export { type AxesG, meanOf, type SampleBlock } from './samples.ts';
export { capturedPeakFraction } from './sampling-floor.ts';
export { ShockDetector } from './shock-detector.ts';
export {
  DEFAULT_TRIGGER,
  type ShockDetectorOptions,
  type ShockObservation,
  type StorageCriterion,
} from './shock-observation.ts';
export { type SpectrumLine, shockResponseSpectrum, USUAL_QUALITY } from './shock-response-spectrum.ts';
export { TiltDetector, type TiltObservation } from './tilt-detector.ts';
