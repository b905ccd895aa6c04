/** Names of this room's jobs, as stored in the ledger. */
export const readDocumentKind = 'read-document';
export const retireDocumentsKind = 'retire-documents';
export const rebuildDocumentsKind = 'rebuild-documents';
