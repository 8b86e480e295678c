/** The profiler of secretlint: in the standalone binary there is one of each package. */
import type { ProfilerModule } from '../../../packages/checks/src/contents/secrets/profiler.ts';

export const loadProfiler = async (): Promise<ProfilerModule> => import('@secretlint/profiler');
