export { startNginx, type NginxServer } from './server.ts';
