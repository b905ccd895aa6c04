/** Names of this room's jobs, as stored in the ledger. */
export const readDocumentKind = 'read-document';
export const retireDocumentsKind = 'retire-documents';
export const rebuildDocumentsKind = 'rebuild-documents';
/** The job of the composition root in which documents are rebuilt along with the rest. */
export const rebuildKind = 'rebuild-memory';
