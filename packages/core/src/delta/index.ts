export { deltaFiles, noting } from './build.ts';
export { changeDelta, type ChangedDelta, type DeltaChange, type DeltaPorts } from './change.ts';
export { binNameOf, digestOf, isInDelta, partNameOf, type DocumentDigest } from './digest.ts';
export { DELTA_LIMITS, type DeltaFile, type DeltaLimits } from './format.ts';
export { readDelta, type DeltaReader, type IsCurrent, type KnownBins, type Learnt } from './read.ts';
