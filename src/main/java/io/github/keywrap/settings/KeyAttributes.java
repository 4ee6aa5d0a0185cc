package io.github.keywrap.settings;

/**
 * What tells a key from the others on its token. Of label and id, one at least is given.
 *
 * @param label CKA_LABEL; empty: any
 * @param id CKA_ID, hex; empty: any
 * @param identity what stands in the key id instead of the CKA_ID; empty: the CKA_ID
 */
public record KeyAttributes(String label, String id, String identity) {}
