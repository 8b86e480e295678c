export { osvPaths, type AdvisorySource, type AdvisoryState } from './advisory-source.ts';
export { snapshotAgeProblem } from './age.ts';
export { matchAdvisory, type AdvisoryMatch, type NpmPackage } from './match.ts';
