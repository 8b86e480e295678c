export { createPluginFolder } from './create-folder.ts';
export { inspectArchive } from './inspect-archive.ts';
export { inspectFolder, type InspectOptions } from './inspect-folder.ts';
export { inspectTarget, nameWithin, type InspectedTarget, type TargetOptions } from './inspect-target.ts';
export type { InspectedPackage } from './inspected-package.ts';
export { npmSpecOf } from './npm-spec.ts';
export { packPlugin, type PackedPlugin } from './pack-plugin.ts';
