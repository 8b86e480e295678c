export { refreshOsv, type OsvInput, type OsvPorts } from './run.ts';
