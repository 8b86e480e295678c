export { freePort, requireProgram } from './programs.ts';
