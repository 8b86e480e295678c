export { deploy, type Deployment } from './run.ts';
export { openPlace } from './open-place.ts';
