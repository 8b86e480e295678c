export { createApp, type StaticFile, type StaticFiles } from './app.ts';
export { createFolderFiles } from './folder-files.ts';
export { startServer, type RunningServer, type ServeOptions } from './server.ts';
