export { serveStatically, startCaddy, STATIC_SERVERS, type OwnCaddy, type StaticServer } from './static-servers.ts';
