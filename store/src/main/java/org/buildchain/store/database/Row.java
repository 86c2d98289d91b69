package org.buildchain.store.database;

/** An entry of a table. The arrays are the row's own: nobody may write to them. */
@SuppressWarnings("ArrayRecordComponent")
public record Row(byte[] key, byte[] value) {}
