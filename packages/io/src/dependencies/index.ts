export { installDependencies } from './install.ts';
