export { type ArchiveStore, createArchiveStore } from './archive-store.ts';
