/** What the reader and the writer of object container files agree on (Avro specification, "Object Container Files"). */
export const containerMagic = Uint8Array.of(0x4f, 0x62, 0x6a, 1);
export const syncMarkerLength = 16;
export const schemaKey = "avro.schema";
export const codecKey = "avro.codec";
