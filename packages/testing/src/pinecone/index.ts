export { startPinecone, type PineconeServer } from './server.ts';
export { startEmbeddings, type EmbeddingsServer } from './embeddings.ts';
