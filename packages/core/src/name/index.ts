export { findLookalike, isReservedScope, skeleton } from './lookalike.ts';
export { isPluginName, nameProblem, splitName, type NameParts } from './name.ts';
