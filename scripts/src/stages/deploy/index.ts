export { deploy, type DeployOptions, type Deployment } from './run.ts';
export { openPlace } from './open-place.ts';
