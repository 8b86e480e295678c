export { serveStatically, STATIC_SERVERS, type StaticServer } from './static-servers.ts';
